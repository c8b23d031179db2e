import { everyArea, isOutline, type Outline } from './area/every-area.ts'
import { innermost } from './map/area-figures.ts'

/** Outlines of the innermost areas, fetched once the component stands; none where they cannot be had. */
export function useAreaOutlines() {
  const outlines = shallowRef<readonly { areaId: string; geometry: Outline }[]>([])
  onMounted(async () => {
    try {
      outlines.value = innermost(await everyArea({ hasOutlines: true })).flatMap(
        ({ area_id, geometry }) => (isOutline(geometry) ? [{ areaId: area_id, geometry }] : []),
      )
    } catch {
      // The map is a help: there are other ways to say a place.
    }
  })
  return { outlines }
}
