import type { Area, MapAnswer } from '../shared/api/map.ts'
import { everyArea, isOutline, type Outline } from './area/every-area.ts'
import { innermost, type AreaSummary } from './map/area-figures.ts'

/** Outline of an area, as the map draws it. */
export interface AreaOutline {
  areaId: string
  name: string
  geometry: Outline
  /** It holds others: drawn as a border around them. */
  isParent: boolean
}

const withoutOutline = ({ geometry: _, ...summary }: Area): AreaSummary => summary

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
      const found = await everyArea({ at: at.value, hasOutlines: false })
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
      const found = await everyArea({ at: at.value, hasOutlines })
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
