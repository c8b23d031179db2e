import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  countUses,
  returnAllowance,
  useAllowance,
} from '../../../server/services/limits/allowance.ts'
import { sharedBuckets } from '../../../server/services/limits/shared-buckets.ts'
import { eventually } from '../../portal.ts'
import { startServices, type ServiceTest } from './deps.ts'

const MINUTE_MS = 60_000
const SIZE = { capacity: 160, fillMs: MINUTE_MS }
/** A sixteenth: what an instance may take before it tells the others. */
const PART = SIZE.capacity / 16

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())

const nowMs = () => test.clock.now().getTime()

describe('a limit shared by two instances', () => {
  const two = (kind: string) =>
    [sharedBuckets(test.deps, kind, SIZE), sharedBuckets(test.deps, kind, SIZE)] as const
  const told = async (kind: string) => {
    const rows = await test.deps.models.allowances.find({ _id: new RegExp(`^${kind}:`) }).lean()
    return rows.map(({ used_until }) => used_until.getTime() - nowMs())
  }

  it('costs the database nothing as long as somebody keeps well within it', async () => {
    const [one, other] = two('quiet')
    for (let use = 1; use < PART; use += 1)
      for (const take of [one, other]) expect(take('lane', 1, nowMs())).toBe(0)
    expect(await told('quiet')).toEqual([])
  })

  it('holds over both: what one let through is missing at the other', async () => {
    const [one, other] = two('loud')
    for (let use = 0; use < SIZE.capacity; use += 1) expect(one('lane', 1, nowMs())).toBe(0)
    expect(one('lane', 1, nowMs())).toBeGreaterThan(0)
    await eventually('all told', async () => (await told('loud'))[0] === MINUTE_MS)
    let more = 0
    await eventually('the other closed', async () => {
      if (other('lane', 1, nowMs()) > 0) return true
      more += 1
      return false
    })
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThanOrEqual(2 * PART)
    expect(other('elsewhere', 1, nowMs())).toBe(0)
    test.clock.advance(2 * MINUTE_MS)
    expect([one('lane', 1, nowMs()), other('lane', 1, nowMs())]).toEqual([0, 0])
  })

  it('is counted by each for itself while the database is away', async () => {
    const broken = {
      ...test.deps,
      models: { ...test.deps.models, allowances: Object.create(null) },
    }
    const take = sharedBuckets(broken, 'away', SIZE)
    expect(take('lane', SIZE.capacity, nowMs())).toBe(0)
    expect(take('lane', 1, nowMs())).toBeGreaterThan(0)
  })
})

describe('an allowance', () => {
  const counted = { kind: 'test', of: '192.0.2.7' }
  const size = { capacity: 4, fillMs: MINUTE_MS }

  it('gives many at once no more than one after another', async () => {
    const waits = await Promise.all(
      Array.from({ length: 9 }, () => useAllowance(test.deps, counted, size)),
    )
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(4)
    expect(new Set(waits.filter((waitMs) => waitMs > 0))).toEqual(new Set([MINUTE_MS / 4]))
    test.clock.advance(MINUTE_MS / 4)
    expect(await useAllowance(test.deps, counted, size)).toBe(0)
    expect(await useAllowance(test.deps, counted, size)).toBe(MINUTE_MS / 4)
    await returnAllowance(test.deps, counted, size)
    expect(await useAllowance(test.deps, counted, size)).toBe(0)
    expect(await useAllowance(test.deps, counted, size)).toBe(MINUTE_MS / 4)
  })

  it('counts what was used already, above itself too', async () => {
    const used = { kind: 'test', of: 'device' }
    expect(await countUses(test.deps, used, size, 3)).toBe(0)
    expect(await countUses(test.deps, used, size, 3)).toBe(3 * (MINUTE_MS / 4))
  })

  it('keeps no address that could be read or guessed, and goes away by itself', async () => {
    const { allowances } = test.deps.models
    const ids = (await allowances.find().lean()).map(({ _id }) => _id)
    expect(ids.length).toBeGreaterThan(0)
    for (const id of ids) expect(id).toMatch(/^[a-z ]+:[\w-]{43}$/)
    const ttl = (await allowances.collection.indexes()).find(({ key }) => 'used_until' in key)
    expect(ttl?.expireAfterSeconds).toBe(0)
  })
})
