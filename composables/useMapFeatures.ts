import type { MapAnswer, MapFeature, StatusEvent } from '../shared/api/map.ts'
import type { KnownDevice } from './map/apply-status.ts'

const withStatus = (feature: MapFeature, { state, since }: StatusEvent): MapFeature =>
  feature.properties.kind === 'device'
    ? { ...feature, properties: { ...feature.properties, state, since } }
    : feature

/** What the map shows in its present view, asked for again whenever the view moves. */
export function useMapFeatures() {
  const features = shallowRef<MapFeature[]>([])
  const asOf = ref<string | null>(null)
  const trouble = shallowRef<Trouble | null>(null)
  const isLoaded = ref(false)
  /** Every device seen so far, in whatever view. */
  const known = new Map<string, KnownDevice>()
  let view: MapView | null = null
  let request: AbortController | null = null

  async function show(next: MapView) {
    view = next
    request?.abort()
    const { signal } = (request = new AbortController())
    try {
      const answer = await ask<MapAnswer>(apiPaths.map(next), { signal })
      features.value = answer.features
      noteTime(answer.as_of)
      for (const feature of answer.features) note(feature)
      trouble.value = null
      isLoaded.value = true
    } catch (error) {
      if (!signal.aborted) trouble.value = troubleOf(error)
    }
  }

  function note({ id, properties }: MapFeature) {
    if (properties.kind !== 'device') return
    known.set(id, {
      areaId: properties.area_id,
      state: properties.state,
      customersServed: properties.customers_served,
    })
  }

  function noteTime(at: string | null) {
    if (at !== null && (asOf.value === null || at > asOf.value)) asOf.value = at
  }

  /** Shows a device's new state; answers what was known of it before, undefined for one never seen here. */
  function apply(event: StatusEvent): KnownDevice | undefined {
    const before = known.get(event.device_id)
    noteTime(event.since)
    if (!before) return undefined
    known.set(event.device_id, { ...before, state: event.state })
    features.value = features.value.map((feature) =>
      feature.id === event.device_id ? withStatus(feature, event) : feature,
    )
    return before
  }

  const refresh = async () => {
    if (view) await show(view)
  }

  onScopeDispose(() => request?.abort())
  return { features, asOf, trouble, isLoaded, show, apply, refresh }
}
