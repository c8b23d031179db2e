import type { Area, MapAnswer } from '../shared/api/map.ts'
import { innermost, type AreaSummary } from './map/area-figures.ts'

/** Outline of an area, as the map draws it. */
export interface AreaOutline {
  areaId: string
  geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon
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

const isOutline = (
  geometry: Area['geometry'] | GeoJSON.Geometry,
): geometry is AreaOutline['geometry'] =>
  geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon'

const outlineOf = ({ area_id, geometry }: Area): AreaOutline[] =>
  isOutline(geometry) ? [{ areaId: area_id, geometry }] : []

/**
 * The areas with the state of their devices. Counts come with the page; outlines, which weigh more, come when the browser
 * asks (`load`) once the page stands.
 */
export async function useAreas() {
  const outlines = shallowRef<AreaOutline[]>([])
  const trouble = shallowRef<Trouble | null>(null)
  // Asked for on the server; in the browser the map in view tells.
  const asOf = useState<string | null>('latest-reading-at', () => null)
  const { data: areas, error } = await useAsyncData(
    'areas',
    async () => {
      const found = await fetchAreas()
      if (import.meta.server) asOf.value = (await ask<MapAnswer>(apiPaths.map())).as_of
      return found.map(withoutOutline)
    },
    { deep: false, default: (): AreaSummary[] => [] },
  )
  if (error.value) trouble.value = troubleOf(error.value)

  let asked = 0
  /** Asks again for everything; of several answers the one asked for last counts. */
  async function load() {
    const request = ++asked
    try {
      const found = await fetchAreas()
      if (request !== asked) return
      areas.value = found.map(withoutOutline)
      // Outlines hardly ever change: drawn once, they stay.
      if (outlines.value.length === 0) outlines.value = innermost(found).flatMap(outlineOf)
      trouble.value = null
    } catch (failure) {
      if (request === asked) trouble.value = troubleOf(failure)
    }
  }

  return { areas, asOf, outlines, trouble, load }
}
