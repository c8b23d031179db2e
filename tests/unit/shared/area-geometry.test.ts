import { describe, expect, test } from 'vitest'
import {
  areaGeometrySchema,
  squareMetres,
  type AreaGeometry,
  type Position,
} from '../../../shared/area-geometry.ts'
import { parseAs } from '../../../shared/parse.ts'
import { simplifyLine, simplifyOutline } from '../../../shared/simplify-outline.ts'

const square = (west: number, south: number, side: number): Position[] => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
]
const polygon = (...coordinates: Position[][]): AreaGeometry => ({ type: 'Polygon', coordinates })

describe('an outline', () => {
  test.each([
    ['a point', { type: 'Point', coordinates: [0, 0] }, 'expected Polygon or MultiPolygon'],
    ['no rings', { type: 'Polygon', coordinates: [] }, 'coordinates: expected rings'],
    [
      'an open ring',
      polygon([...square(85, 25, 1).slice(0, 4), [85, 25.1]]),
      'coordinates.0: expected a closed ring',
    ],
    [
      'a ring of two corners',
      polygon([
        [85, 25],
        [86, 25],
        [85, 25],
      ]),
      'coordinates.0: expected ≥ 4 positions',
    ],
    [
      'metres',
      { type: 'Polygon', coordinates: [square(85_000, 25, 1)] },
      'coordinates.0.0.0: expected −180 to 180, got 85000',
    ],
    [
      'an altitude',
      { type: 'Polygon', coordinates: [square(85, 25, 1).map((at) => [...at, 53])] },
      'coordinates.0.0',
    ],
    [
      'another member',
      { ...polygon(square(85, 25, 1)), bbox: [] },
      'bbox: expected a known member, got "bbox"',
    ],
  ])('with %s is refused, saying where', (_, value, message) => {
    expect(() => parseAs(areaGeometrySchema, value, 'geometry')).toThrow(message)
  })

  test('may run either way', () => {
    const ring = square(85, 25, 1)
    for (const way of [ring, ring.toReversed()]) {
      expect(areaGeometrySchema.safeParse(polygon(way)).success).toBe(true)
    }
  })
})

describe('square metres', () => {
  test('of a degree by a degree at the equator are 12,391 km² on a sphere', () => {
    expect(squareMetres(polygon(square(0, -0.5, 1))) / 1e6).toBeCloseTo(12_391, -2)
  })

  test('leave holes out, add parts up, and do not depend on the way a ring runs', () => {
    const outer = square(85, 25, 1)
    const hole = square(85.25, 25.25, 0.5)
    const whole = squareMetres(polygon(outer))
    const lost = squareMetres(polygon(hole))
    expect(squareMetres(polygon(outer.toReversed(), hole))).toBeCloseTo(whole - lost, 0)
    const parts: AreaGeometry = { type: 'MultiPolygon', coordinates: [[outer], [hole]] }
    expect(squareMetres(parts)).toBeCloseTo(whole + lost, 0)
  })
})

describe('simplifying', () => {
  /** A degree by a degree with a bump of some metres on every side. */
  const bumpy = square(85, 25, 1).flatMap((corner, index, ring): Position[] => {
    const next = ring[index + 1]
    if (!next) return [corner]
    const middle: Position = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2]
    return [corner, [middle[0] + 1e-6, middle[1] + 1e-6]]
  })

  test('drops bumps and keeps corners and closure', () => {
    expect(simplifyOutline(polygon(bumpy))).toEqual(polygon(square(85, 25, 1)))
  })

  test('keeps the shape of a lane 40 m long', () => {
    const lane = polygon(square(85, 25, 0.0004))
    expect(simplifyOutline(lane)).toEqual(lane)
  })

  test('never leaves a ring with fewer than 4 positions', () => {
    const sliver = [...square(85, 25, 1).slice(0, 2), [85.5, 25.0000001], [85, 25]] as Position[]
    expect(simplifyLine(sliver, Infinity, 4)).toHaveLength(4)
  })

  test('of a border gives the same from both sides', () => {
    const border = Array.from({ length: 500 }, (_, n): Position => [
      85 + n / 1000,
      25 + Math.sin(n * n) / 100,
    ])
    const simple = simplifyLine(border, 100_000, 2)
    expect(simple.length).toBeGreaterThan(2)
    expect(simple.length).toBeLessThan(border.length)
    expect(simplifyLine(border.toReversed(), 100_000, 2).toReversed()).toEqual(simple)
  })
})
