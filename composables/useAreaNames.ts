import type { Area } from '../shared/api/map.ts'

const LIMIT = 500

/** Names of the areas by id, for labels and filters; an area beyond the first page goes by its id. */
export async function useAreaNames() {
  const { data } = await useAsyncData('area-names', async () => {
    const { items } = await ask<{ items: Area[] }>(apiPaths.areas({ limit: LIMIT }))
    return items.map(({ area_id, name }) => ({ areaId: area_id, name }))
  })
  const areas = computed(() => data.value ?? [])
  const nameOf = (areaId: string) =>
    areas.value.find((area) => area.areaId === areaId)?.name ?? areaId
  return { areas, nameOf }
}
