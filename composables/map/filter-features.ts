import type { DeviceState, MapFeature } from '../../shared/api/map.ts'

/** The features of these states alone; a cluster keeps what it counts of them. */
export function filterFeatures(
  features: readonly MapFeature[],
  states: readonly DeviceState[],
): MapFeature[] {
  return features.flatMap((feature): MapFeature[] => {
    const { properties } = feature
    if (properties.kind === 'device') return states.includes(properties.state) ? [feature] : []
    const count = (state: DeviceState) => (states.includes(state) ? properties.counts[state] : 0)
    const counts = { on: count('on'), off: count('off'), silent: count('silent') }
    const isEmpty = counts.on + counts.off + counts.silent === 0
    return isEmpty ? [] : [{ ...feature, properties: { ...properties, counts } }]
  })
}
