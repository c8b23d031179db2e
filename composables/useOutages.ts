import type { StatusEvent } from '../shared/api/map.ts'
import { totalsOf } from './map/area-figures.ts'
import { throttled } from './map/throttle.ts'

/** Counts come from the portal: asked for at once when a device changes, then not more often than this. */
const COUNT_EVERY_MS = 5_000
/** Silence brings no event: ask for everything now and then. */
const REFRESH_EVERY_MS = 60_000

const later = (a: string | null, b: string | null) => (a !== null && (b === null || a > b) ? a : b)

/** The state of supply now: areas with their counts, devices in view, kept current by the portal's events. */
export async function useOutages() {
  const view = useMapFeatures()
  let timer: ReturnType<typeof setInterval> | undefined
  const count = throttled(() => {
    void loadAreas()
    if (view.hasClusters()) void view.refresh()
  }, COUNT_EVERY_MS)
  const live = useLiveEvents({ onStatus, onBack: refresh })
  onMounted(() => {
    void loadAreas()
    timer = setInterval(refresh, REFRESH_EVERY_MS)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    count.stop()
  })

  const { areas, asOf, outlines, trouble, load: loadAreas } = await useAreas()

  function onStatus(event: StatusEvent) {
    view.apply(event)
    count.call()
  }

  function refresh() {
    void Promise.all([loadAreas(), view.refresh()])
  }

  return {
    areas,
    outlines,
    totals: computed(() => totalsOf(areas.value)),
    asOf: computed(() => later(asOf.value, view.asOf.value)),
    features: view.features,
    isLoaded: view.isLoaded,
    trouble: computed(() => trouble.value ?? view.trouble.value),
    show: view.show,
    refresh,
    ...live,
  }
}
