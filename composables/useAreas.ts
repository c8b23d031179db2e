import type { Area, MapAnswer } from '../shared/api/map.ts'
import { innermost, type AreaSummary } from './map/area-figures.ts'

/** Outline of an area, as the map draws it. */
export interface AreaOutline {
  areaId: string
  name: string
  geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon
  /** It holds others: drawn as a border around them. */
  isParent: boolean
}

const PAGE_LIMIT = 500

interface AreasAsked {
  /** A moment past; null: now. */
  at: string | null
  hasOutlines: boolean
}

async function fetchAreas({ at, hasOutlines }: AreasAsked): Promise<Area[]> {
  const geometry = hasOutlines ? undefined : 'none'
  const areas: Area[] = []
  let cursor: string | null = null
  do {
    const page: { items: Area[]; next: string | null } = await ask(
      apiPaths.areas({ cursor, limit: PAGE_LIMIT, geometry, at }),
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

function outlinesOf(areas: readonly Area[]): AreaOutline[] {
  const inner = new Set(innermost(areas))
  return areas.flatMap((area) =>
    isOutline(area.geometry)
      ? [
          {
            areaId: area.area_id,
            name: area.name,
            geometry: area.geometry,
            isParent: !inner.has(area),
          },
        ]
      : [],
  )
}

/**
 * The areas with the state of their devices, now or at a moment past. Counts come with the page; outlines, which weigh more, come when the browser
 * asks (`load`) once the page stands.
 */
export async function useAreas(at: Readonly<Ref<string | null>>) {
  const outlines = shallowRef<AreaOutline[]>([])
  const trouble = shallowRef<Trouble | null>(null)
  // Asked for on the server; in the browser the map in view tells.
  const asOf = useState<string | null>('latest-reading-at', () => null)
  const { data: areas, error } = await useAsyncData(
    'areas',
    async () => {
      const found = await fetchAreas({ at: at.value, hasOutlines: false })
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
    // Outlines hardly ever change: drawn once, they stay.
    const hasOutlines = outlines.value.length === 0
    try {
      const found = await fetchAreas({ at: at.value, hasOutlines })
      if (request !== asked) return
      areas.value = found.map(withoutOutline)
      if (hasOutlines) outlines.value = outlinesOf(found)
      trouble.value = null
    } catch (failure) {
      if (request === asked) trouble.value = troubleOf(failure)
    }
  }

  return { areas, asOf, outlines, trouble, load }
}
