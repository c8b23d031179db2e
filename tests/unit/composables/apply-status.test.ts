import { describe, expect, it } from 'vitest'
import { applyStatus } from '../../../composables/map/apply-status.ts'
import type { DeviceState, MapFeature, StatusEvent } from '../../../shared/api/map.ts'

const NOON = '2026-11-21T12:00:00Z'
const LATER = '2026-11-21T12:05:00Z'
const device = (id: string, state: DeviceState, since: string | null): MapFeature => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: [85, 25] },
  properties: {
    kind: 'device',
    area_id: 'lane',
    state,
    since,
    customers_served: 40,
    stage: 'street',
  },
})
const cluster: MapFeature = {
  type: 'Feature',
  id: 'A',
  geometry: { type: 'Point', coordinates: [85, 25] },
  properties: { kind: 'cluster', counts: { on: 1, off: 0, silent: 0 } },
}
const event = (state: DeviceState, since: string): StatusEvent => ({
  device_id: 'A',
  area_id: 'lane',
  state,
  since,
  latitude: null,
  longitude: null,
  customers_served: 40,
})

describe('a status event on the map', () => {
  it('changes the device it names and no other', () => {
    const other = device('B', 'on', NOON)
    const [changed, same] = applyStatus([device('A', 'on', NOON), other], event('off', LATER))
    expect(changed?.properties).toMatchObject({ state: 'off', since: LATER })
    expect(same).toBe(other)
  })

  it('is the first word of a device never heard', () => {
    const [changed] = applyStatus([device('A', 'silent', null)], event('on', NOON))
    expect(changed?.properties).toMatchObject({ state: 'on', since: NOON })
  })

  it('does not undo what is newer', () => {
    const shown = [device('A', 'off', LATER)]
    expect(applyStatus(shown, event('on', NOON))).toEqual(shown)
  })

  it('leaves clusters to the portal, which counts them', () => {
    expect(applyStatus([cluster], event('off', NOON))).toEqual([cluster])
  })
})
