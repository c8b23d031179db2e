import { describe, expect, it } from 'vitest'
import {
  areaSizes,
  fleetOf,
  hashedBalance,
  METERS,
  rangedBalance,
  SERIES,
  type Balance,
} from './balance.ts'
import { tableOfGuide } from './guide.ts'

const SHARDS = [2, 4, 8]
/** A tenth of the meters, in as many areas and lots: the shares stay the same, within what hashes of fewer ids scatter. */
const FEWER = METERS / 10
const TOLERANCE = 0.06

/** Balance for each number of shards as the guide tells it: worst month, last month, rows moved in percent. */
const toldOf = (row: string): Balance[] => {
  const [, ...cells] = tableOfGuide('key and ids').find(([name]) => name === row) ?? []
  return cells.map((cell) => {
    const [worstMonth = NaN, lastMonth = NaN, percent = NaN] = cell.split(', ').map(parseFloat)
    return { worstMonth, lastMonth, moved: percent / 100 }
  })
}

function expectTold(told: readonly Balance[], found: readonly Balance[]): void {
  expect(told).toHaveLength(found.length)
  for (const [index, balance] of found.entries())
    for (const [name, value] of Object.entries(balance))
      expect(Math.abs(value - Number(told[index]?.[name as keyof Balance])), name).toBeLessThan(
        TOLERANCE,
      )
}

describe('meters of a state on shards', () => {
  it('live in areas of which the largest has many times the meters of the median', () => {
    const sizes = areaSizes(METERS).sort((a, b) => b - a)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(METERS)
    expect(sizes[0]).toBeGreaterThan(100 * (sizes[sizes.length / 2] ?? 0))
  })

  it.each(SERIES)(
    'by ranges of their ids, which are %s, are as even as the guide says',
    (series) => {
      const fleet = fleetOf(series, FEWER)
      expectTold(
        toldOf(`ranged, ${series}`),
        SHARDS.map((shards) => rangedBalance(fleet, shards)),
      )
    },
  )

  it('by hashes of their ids are even, even where these are running', () => {
    const found = hashedBalance(fleetOf('running', FEWER), SHARDS)
    expectTold(toldOf('hashed, running'), found)
    for (const { worstMonth, moved } of found) {
      expect(worstMonth).toBeLessThan(1 + TOLERANCE)
      expect(moved).toBe(0)
    }
  })
})
