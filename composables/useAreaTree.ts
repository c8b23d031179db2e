import { everyArea } from './area/every-area.ts'
import { areasAround, areasBelow } from './area/tree.ts'
import type { AreaSummary } from './map/area-figures.ts'

const fetchAll = async (): Promise<AreaSummary[]> =>
  (await everyArea({ hasOutlines: false })).map(({ geometry: _, ...area }) => area)

/** All areas with the state of their sensors, and how they lie in each other. */
export async function useAreaTree() {
  const { data, error, status, refresh } = await useAsyncData('area-tree', fetchAll, {
    deep: false,
  })
  const areas = computed(() => data.value ?? [])
  const byId = computed(() => new Map(areas.value.map((area) => [area.area_id, area])))
  return {
    areas,
    areaOf: (areaId: string) => byId.value.get(areaId) ?? null,
    nameOf: (areaId: string) => byId.value.get(areaId)?.name ?? areaId,
    below: (areaId: string | null) => areasBelow(areas.value, areaId),
    around: (areaId: string) => areasAround(areas.value, areaId),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
