import { describe, expect, it } from 'vitest'
import { tokenBuckets } from '../../../server/services/limits/token-buckets.ts'

const MINUTE_MS = 60_000

describe('a bucket of 60 tokens a minute', () => {
  const sixty = () => tokenBuckets({ capacity: 60, fillMs: MINUTE_MS })

  it('gives what it holds at once, then says how long to wait for the next', () => {
    const take = sixty()
    expect(take('a', 60, 0)).toBe(0)
    expect(take('a', 1, 0)).toBe(1_000)
    expect(take('a', 1, 500)).toBe(500)
    expect(take('a', 1, 1_000)).toBe(0)
  })

  it('takes nothing from who is refused', () => {
    const take = sixty()
    take('a', 50, 0)
    expect(take('a', 20, 0)).toBe(10_000)
    expect(take('a', 10, 0)).toBe(0)
  })

  it('never holds more than it can, however long nobody comes', () => {
    const take = sixty()
    take('a', 60, 0)
    expect(take('a', 60, 60 * MINUTE_MS)).toBe(0)
    expect(take('a', 1, 60 * MINUTE_MS)).toBe(1_000)
  })

  it('lets through what is more than it can hold, and waits for it all to be made up', () => {
    const take = sixty()
    expect(take('a', 120, 0)).toBe(0)
    expect(take('a', 1, MINUTE_MS)).toBe(1_000)
    expect(take('a', 60, 2 * MINUTE_MS)).toBe(0)
  })

  it('is another for each key', () => {
    const take = sixty()
    take('a', 60, 0)
    expect(take('b', 60, 0)).toBe(0)
  })

  it('does not run backwards with the clock', () => {
    const take = sixty()
    take('a', 60, MINUTE_MS)
    expect(take('a', 1, 0)).toBe(1_000)
  })
})
