import type { MapAnswer, MapFeature, StatusEvent } from '../shared/api/map.ts'
import { applyStatus } from './map/apply-status.ts'

/** What the map shows in its present view, now or at a moment past, asked for again whenever either changes. */
export function useMapFeatures(at: Readonly<Ref<string | null>>) {
  const features = shallowRef<readonly MapFeature[]>([])
  const asOf = ref<string | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const isLoaded = ref(false)
  /** The moment what is shown is of; null: now. */
  const shownAt = ref(at.value)
  let view: MapView | null = null
  let request: AbortController | null = null
  /** Events since the request under way was sent: its answer may be older than they are. */
  let meanwhile: StatusEvent[] = []

  async function show(next: MapView) {
    view = next
    request?.abort()
    const { signal } = (request = new AbortController())
    const moment = at.value
    meanwhile = []
    try {
      const answer = await ask<MapAnswer>(apiPaths.map(next, moment), { signal })
      features.value = meanwhile.reduce<readonly MapFeature[]>(applyStatus, answer.features)
      shownAt.value = moment
      if (moment === null) noteTime(answer.as_of)
      trouble.value = null
      isLoaded.value = true
    } catch (error) {
      if (!signal.aborted) trouble.value = troubleOf(error)
    } finally {
      if (!signal.aborted) request = null
    }
  }

  function noteTime(at: string | null) {
    if (at !== null && (asOf.value === null || at > asOf.value)) asOf.value = at
  }

  /** Takes in that a device changed: of a moment past that changes nothing. */
  function apply(event: StatusEvent) {
    noteTime(event.since)
    if (at.value !== null) return
    if (request) meanwhile.push(event)
    if (shownAt.value === null) features.value = applyStatus(features.value, event)
  }

  /** Asks again for the present view. */
  const refresh = async () => {
    if (view) await show(view)
  }

  const hasClusters = () => features.value.some(({ properties }) => properties.kind === 'cluster')

  onScopeDispose(() => request?.abort())
  return { features, asOf, trouble, isLoaded, shownAt, show, apply, refresh, hasClusters }
}
