import type { Area, MapAnswer } from '../shared/api/map.ts'
import { innermost, type AreaSummary } from './map/apply-status.ts'

/** Outline of an area: GeoJSON Polygon or MultiPolygon. */
export interface AreaOutline {
  areaId: string
  name: string
  geometry: NonNullable<Area['geometry']>
}

const PAGE_LIMIT = 500

async function fetchAreas(): Promise<Area[]> {
  const areas: Area[] = []
  let cursor: string | null = null
  do {
    const page: { items: Area[]; next: string | null } = await ask(
      apiPaths.areas({ cursor, limit: PAGE_LIMIT }),
    )
    areas.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return areas
}

const withoutOutline = ({ geometry: _, ...summary }: Area): AreaSummary => summary

const outlineOf = ({ area_id, name, geometry }: Area): AreaOutline[] =>
  geometry === null ? [] : [{ areaId: area_id, name, geometry }]

/**
 * The areas with the state of their devices. Counts come with the page; outlines, which weigh more, are asked for by the
 * browser once the page stands (`load`).
 */
export async function useAreas() {
  const outlines = shallowRef<AreaOutline[]>([])
  const { data, error, refresh } = await useAsyncData(
    'areas',
    async () => {
      const [areas, map] = await Promise.all([fetchAreas(), ask<MapAnswer>(apiPaths.map())])
      // Outlines hardly ever change: drawn once, they stay.
      if (import.meta.client && outlines.value.length === 0) {
        outlines.value = innermost(areas).flatMap(outlineOf)
      }
      return { areas: areas.map(withoutOutline), asOf: map.as_of }
    },
    { deep: false },
  )
  const areas = computed({
    get: () => data.value?.areas ?? [],
    set: (next: AreaSummary[]) => {
      data.value = { areas: next, asOf: data.value?.asOf ?? null }
    },
  })
  const asOf = computed(() => data.value?.asOf ?? null)
  const trouble = computed(() => (error.value ? troubleOf(error.value) : null))
  return { areas, asOf, outlines, trouble, load: () => refresh() }
}
