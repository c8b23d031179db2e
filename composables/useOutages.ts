import type { StatusEvent } from '../shared/api/map.ts'
import { totalsOf } from './map/area-figures.ts'
import { throttled } from './map/throttle.ts'

/** Counts come from the portal: asked for at once when a device changes, then not more often than this. */
const COUNT_EVERY_MS = 5_000
/** Silence brings no event: ask for everything now and then. */
const REFRESH_EVERY_MS = 60_000

const later = (a: string | null, b: string | null) => (a !== null && (b === null || a > b) ? a : b)

/** The state of supply: areas with their counts, devices in view, kept current by the portal's events; or as it was at a moment past. */
export async function useOutages(at: Readonly<Ref<string | null>>) {
  const view = useMapFeatures(at)
  let timer: ReturnType<typeof setInterval> | undefined
  const count = throttled(() => {
    void loadAreas()
    if (view.hasClusters()) void view.refresh()
  }, COUNT_EVERY_MS)
  const live = useLiveEvents({ onStatus, onBack: refresh })
  watch(at, refresh)
  onMounted(() => {
    void loadAreas()
    timer = setInterval(() => at.value === null && refresh(), REFRESH_EVERY_MS)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    count.stop()
  })

  const { areas, asOf, outlines, trouble, load: loadAreas } = await useAreas(at)

  function onStatus(event: StatusEvent) {
    view.apply(event)
    if (at.value === null) count.call()
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
    /** Whether the map shows the moment it is asked for. */
    isShown: computed(() => view.shownAt.value === at.value),
    trouble: computed(() => trouble.value ?? view.trouble.value),
    show: view.show,
    refresh,
    ...live,
  }
}
