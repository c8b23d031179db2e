import type { Area } from '../shared/api/map.ts'
import { innermost } from './map/area-figures.ts'

type Outline = GeoJSON.Polygon | GeoJSON.MultiPolygon

const PAGE_LIMIT = 500

/** Outlines of the innermost areas, fetched once the component stands and only if wanted; none where they cannot be had. */
export function useAreaOutlines(isWanted: () => boolean) {
  const outlines = shallowRef<readonly { areaId: string; geometry: Outline }[]>([])
  onMounted(async () => {
    if (!isWanted()) return
    try {
      outlines.value = innermost(await fetchAreas()).flatMap(({ area_id, geometry }) =>
        isOutline(geometry) ? [{ areaId: area_id, geometry }] : [],
      )
    } catch {
      // The map is a help: there are other ways to say a place.
    }
  })
  return { outlines }
}

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

const isOutline = (geometry: Area['geometry'] | GeoJSON.Geometry): geometry is Outline =>
  geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon'
