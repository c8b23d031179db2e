import { describe, expect, it } from 'vitest'
import { aroundOf, boxAroundPlace } from '../../../composables/map/around.ts'
import { filterFeatures } from '../../../composables/map/filter-features.ts'
import type { DeviceState, MapFeature } from '../../../shared/api/map.ts'

const geometry = { type: 'Point' as const, coordinates: [85, 25] as [number, number] }
const device = (id: string, state: DeviceState, since: string, area = 'lane'): MapFeature => ({
  type: 'Feature',
  id,
  geometry,
  properties: {
    kind: 'device',
    area_id: area,
    state,
    since,
    customers_served: 40,
    stage: 'street',
  },
})
const cluster = (on: number, off: number): MapFeature => ({
  type: 'Feature',
  id: `${on}:${off}`,
  geometry,
  properties: { kind: 'cluster', counts: { on, off, silent: 0 } },
})

describe('a map filtered by state', () => {
  it('keeps the devices of those states, and of clusters what they count of them', () => {
    const features = [
      device('A', 'on', '2026-11-21T05:00:00Z'),
      device('B', 'off', '2026-11-21T05:00:00Z'),
      cluster(3, 1),
      cluster(5, 0),
    ]
    expect(filterFeatures(features, ['off']).map(({ id }) => id)).toEqual(['B', '3:1'])
    expect(filterFeatures(features, ['off'])[1]?.properties).toMatchObject({
      counts: { on: 0, off: 1, silent: 0 },
    })
    expect(filterFeatures(features, ['on', 'off', 'silent'])).toEqual(features)
  })
})

describe('around a place', () => {
  it('asks for the same box wherever in a cell of the grid the visitor stands', () => {
    const box = boxAroundPlace({ latitude: 25.5941, longitude: -85.1376 })
    expect(boxAroundPlace({ latitude: 25.5989, longitude: -85.1301 })).toEqual(box)
    expect(box.west).toBeCloseTo(-85.145)
    expect(box.east).toBeCloseTo(-85.125)
    expect(box.south).toBeCloseTo(25.585)
    expect(box.north).toBeCloseTo(25.605)
  })

  it('tells since when the first is off, and in which area most stand', () => {
    const features = [
      device('A', 'off', '2026-11-21T05:10:00Z'),
      device('B', 'off', '2026-11-21T05:05:00Z'),
      device('C', 'on', '2026-11-21T04:00:00Z', 'elsewhere'),
    ]
    const counts = { on: 1, off: 2, silent: 0 }
    const map = { type: 'FeatureCollection' as const, features, counts, as_of: null }
    expect(aroundOf(map)).toEqual({ ...counts, offSince: '2026-11-21T05:05:00Z', areaId: 'lane' })
    expect(aroundOf({ ...map, features: [cluster(1, 2)] })).toMatchObject({
      offSince: null,
      areaId: null,
    })
  })
})
