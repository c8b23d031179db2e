import { describe, expect, it } from 'vitest'
import { areaAt } from '../../../composables/map/area-at.ts'

const square = (west: number, south: number, side: number): GeoJSON.Position[] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const state = {
  areaId: 'state',
  isParent: true,
  geometry: { type: 'Polygon' as const, coordinates: [square(0, 0, 10)] },
}
const county = {
  areaId: 'county',
  isParent: false,
  geometry: {
    type: 'MultiPolygon' as const,
    coordinates: [[square(1, 1, 3), square(2, 2, 1)], [square(7, 7, 1)]],
  },
}
const at = (longitude: number, latitude: number) => areaAt([state, county], { longitude, latitude })

describe('the area of a place', () => {
  it('is the innermost that holds it, in any of its parts', () => {
    expect(at(1.5, 1.5)).toBe('county')
    expect(at(7.5, 7.5)).toBe('county')
  })

  it('is the one around where a hole is cut out', () => {
    expect(at(2.5, 2.5)).toBe('state')
    expect(at(5, 5)).toBe('state')
  })

  it('is not known outside them all', () => {
    expect(at(11, 5)).toBeNull()
    expect(at(-1, 5)).toBeNull()
  })
})
