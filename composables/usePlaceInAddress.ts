import type { SearchAnswer } from '../shared/api/search.ts'

/**
 * The place named by the page's address, as links to a new complaint write it: by its degrees, else the middle of its area.
 * Answers null where the address names none.
 */
export function usePlaceInAddress(): () => Promise<ChosenPlace | null> {
  const { query } = useRoute()
  const text = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : ''
  }
  const areaId = text('area') || null

  return async () => {
    const place = placeOfDegrees(text('lat'), text('lon'))
    if (place) return { ...exactPlace(place), areaId }
    if (areaId === null) return null
    const { items } = await ask<SearchAnswer>(apiPaths.search(areaId))
    const area = items.find((item) => item.kind === 'area' && item.area_id === areaId)
    return area ? placeFound(area) : null
  }
}
