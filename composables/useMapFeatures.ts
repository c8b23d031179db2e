import type { MapAnswer, MapFeature, StatusEvent } from '../shared/api/map.ts'
import { applyStatus } from './map/apply-status.ts'

/** What the map shows in its present view, asked for again whenever the view moves. */
export function useMapFeatures() {
  const features = shallowRef<readonly MapFeature[]>([])
  const asOf = ref<string | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const isLoaded = ref(false)
  let view: MapView | null = null
  let request: AbortController | null = null
  /** Events since the request under way was sent: its answer may be older than they are. */
  let meanwhile: StatusEvent[] = []

  async function show(next: MapView) {
    view = next
    request?.abort()
    const { signal } = (request = new AbortController())
    meanwhile = []
    try {
      const answer = await ask<MapAnswer>(apiPaths.map(next), { signal })
      features.value = meanwhile.reduce<readonly MapFeature[]>(applyStatus, answer.features)
      noteTime(answer.as_of)
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

  function apply(event: StatusEvent) {
    if (request) meanwhile.push(event)
    features.value = applyStatus(features.value, event)
    noteTime(event.since)
  }

  /** Asks again for the present view. */
  const refresh = async () => {
    if (view) await show(view)
  }

  const hasClusters = () => features.value.some(({ properties }) => properties.kind === 'cluster')

  onScopeDispose(() => request?.abort())
  return { features, asOf, trouble, isLoaded, show, apply, refresh, hasClusters }
}
