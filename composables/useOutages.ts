import type { StatusEvent } from '../shared/api/map.ts'
import { applyStatus, totalsOf } from './map/apply-status.ts'
import { throttled } from './map/throttle.ts'

/** Events of devices not seen here change counts only the portal knows: ask again, but not more often than this. */
const REFRESH_EVERY_MS = 10_000
/** Silence brings no event when nobody listens for it: ask now and then. */
const REFRESH_ANYWAY_MS = 60_000

const later = (a: string | null, b: string | null) => (a !== null && (b === null || a > b) ? a : b)

/** The state of supply now: areas with their counts, devices in view, kept current by the portal's events. */
export async function useOutages() {
  const view = useMapFeatures()
  let stopAsking: ReturnType<typeof setInterval> | undefined
  const ask = throttled(() => void Promise.all([loadAreas(), view.refresh()]), REFRESH_EVERY_MS)
  const live = useLiveEvents({ onStatus, onBack: ask.call })
  onMounted(() => {
    // While the page hydrates, Nuxt answers with what the server sent.
    onNuxtReady(() => void loadAreas())
    stopAsking = setInterval(ask.call, REFRESH_ANYWAY_MS)
  })
  onBeforeUnmount(() => {
    clearInterval(stopAsking)
    ask.stop()
  })

  const { areas, asOf, outlines, trouble, load: loadAreas } = await useAreas()

  function onStatus(event: StatusEvent) {
    const before = view.apply(event)
    if (before) areas.value = applyStatus(areas.value, before, event)
    else ask.call()
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
    refresh: ask.call,
    ...live,
  }
}
