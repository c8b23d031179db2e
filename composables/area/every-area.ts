import type { Area } from '../../shared/api/map.ts'

const PAGE_LIMIT = 500

export interface AreasAsked {
  /** A moment past; absent or null: now. */
  at?: string | null
  hasOutlines: boolean
}

export type Outline = GeoJSON.Polygon | GeoJSON.MultiPolygon

/** All areas of the portal, with the state of their sensors. */
export async function everyArea({ at = null, hasOutlines }: AreasAsked): Promise<Area[]> {
  const geometry = hasOutlines ? undefined : 'none'
  const areas: Area[] = []
  let cursor: string | null = null
  do {
    const page: PageOf<Area> = await ask(
      apiPaths.areas({ cursor, limit: PAGE_LIMIT, geometry, at }),
    )
    areas.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return areas
}

/** Whether an area can be drawn. */
export const isOutline = (geometry: Area['geometry'] | GeoJSON.Geometry): geometry is Outline =>
  geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon'
