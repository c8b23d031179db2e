import type { MapFeature, StatusEvent } from '../../shared/api/map.ts'

/** The features after a device changed its state. An event older than what is shown changes nothing. */
export function applyStatus(
  features: readonly MapFeature[],
  { device_id, state, since }: StatusEvent,
): MapFeature[] {
  return features.map((feature) => {
    const { id, properties } = feature
    if (id !== device_id || properties.kind !== 'device') return feature
    const isOlder = properties.since !== null && since < properties.since
    return isOlder ? feature : { ...feature, properties: { ...properties, state, since } }
  })
}
