import type { Area } from '../shared/api/map.ts'
import { areasAround, areasBelow } from './area/tree.ts'
import type { AreaSummary } from './map/area-figures.ts'

const LIMIT = 500

async function fetchAll(): Promise<AreaSummary[]> {
  const areas: AreaSummary[] = []
  let cursor: string | null = null
  do {
    const page: { items: Area[]; next: string | null } = await ask(
      supplyApi.areas({ cursor, limit: LIMIT }),
    )
    areas.push(...page.items.map(({ geometry: _, ...area }) => area))
    cursor = page.next
  } while (cursor !== null)
  return areas
}

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
