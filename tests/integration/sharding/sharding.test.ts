import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServices, type ServiceTest } from '../server/deps.ts'
import { aDay } from './a-day.ts'
import { tableOfGuide } from './guide.ts'
import { hashOfKey, shardOfHash } from './hash.ts'
import { readLayout, type Layout } from './layout.ts'
import { reachOf, routesOf, type Document, type Route } from './router.ts'
import { commandsDuring } from './watch.ts'

const { layout, indexes } = readLayout()
const COLLECTIONS = [...layout.keys()]
/** What a sender waits for. */
const INTAKE = /^(?:a reading|readings|a number) .*comes?\b/

let test: ServiceTest
const day = new Map<string, Document[]>()

beforeAll(async () => {
  test = await startServices({ monitorCommands: true })
  for (const [name, key] of indexes) await collection(name).createIndex(key)
  for (const [name, work] of aDay(test)) day.set(name, await commandsDuring(test.deps.models, work))
})
afterAll(() => test?.stop())

const collection = (name: string) => test.deps.models.records.db.collection<{ _id: string }>(name)

const routed = (by: Layout, of: Iterable<readonly Document[]> = day.values()): Route[] =>
  [...of].flatMap((commands) => commands.flatMap((command) => routesOf(command, by)))

const cellOf = (routes: readonly Route[], name: string): string => {
  const found = routes.filter((route) => route.collection === name)
  const words = found.map((route) => `${route.verb} ${reachOf(route)}`)
  return [...new Set(words)].sort().join(', ') || '–'
}

const textOf = (key: object): string =>
  `{ ${Object.entries(key)
    .map(([field, kind]) => `${field}: ${kind === 1 ? 1 : `'${kind}'`}`)
    .join(', ')} }`

const objections = (by: Layout): Set<string | null> =>
  new Set(routed(by).map(({ objection }) => objection))

describe("the operator's guide", () => {
  it('names the shard keys that its script sets, and no other', () => {
    const told = tableOfGuide('collection').map(([name, key]) => [name, key])
    expect(told).toEqual([...layout].map(([name, key]) => [`\`${name}\``, `\`${textOf(key)}\``]))
  })

  it('tells for all that the portal does which shards it asks', () => {
    const found = [...day].map(([name, commands]) => {
      const routes = routed(layout, [commands])
      return [name, ...COLLECTIONS.map((one) => cellOf(routes, one))]
    })
    expect(tableOfGuide('what the portal does')).toEqual(found)
  })
})

describe('the layout', () => {
  it('is asked for nothing that MongoDB refuses on shards, or does in two rounds', () => {
    expect(objections(layout)).toEqual(new Set([null]))
  })

  it('has readings written and looked up on the shards of their devices alone, in any order', () => {
    const intake = [...day].filter(([name]) => INTAKE.test(name))
    expect(intake).toHaveLength(5)
    for (const [name, commands] of intake) {
      const routes = routed(layout, [commands])
      expect(routes.length, name).toBeGreaterThan(0)
      expect(routes.map(reachOf), name).not.toContain('every')
      for (const { insert, ordered } of commands) if (insert) expect(ordered, name).toBe(false)
    }
  })

  it('leaves every unique index whole: it begins with the fields of the shard key', async () => {
    for (const [name, key] of layout) {
      const found = await collection(name).indexes()
      for (const index of found.filter((one) => one.unique))
        expect(Object.keys(index.key).slice(0, Object.keys(key).length)).toEqual(Object.keys(key))
      expect(found.map((one) => one.key)).toContainEqual(key)
    }
  })

  it('puts every row that a statement is about on a shard that it asks', async () => {
    let rows = 0
    for (const route of routed(layout)) {
      const [field = ''] = Object.keys(layout.get(route.collection) ?? {})
      if (route.values === 'any' || route.verb === 'insert') continue
      for (const shards of [2, 4, 8]) {
        const asked = new Set([...route.values].map((value) => shardOf(value, shards)))
        for (const row of await collection(route.collection).find(route.filter).toArray()) {
          expect(asked).toContain(shardOf((row as Document)[field], shards))
          rows += 1
        }
      }
    }
    expect(rows).toBeGreaterThan(100)
  })

  it('hashes as MongoDB does', async () => {
    const { devices } = test.deps.models
    const hashed = { hash: { $toString: { $toHashedIndexKey: '$_id' } } }
    const none = { none: { $toString: { $toHashedIndexKey: '$absent' } } }
    const found = await devices.aggregate([{ $project: { ...hashed, ...none } }])
    expect(found.length).toBe(2)
    for (const { _id, hash, none: ofNothing } of found) {
      expect(BigInt(hash)).toBe(hashOfKey(_id))
      expect(BigInt(ofNothing)).toBe(hashOfKey(null))
    }
  })
})

const shardOf = (value: unknown, shards: number): number =>
  shardOfHash(hashOfKey(typeof value === 'string' ? value : null), shards)

describe('what the guide keeps on one shard', () => {
  it.each<[key: Record<string, 1 | 'hashed'>]>([
    [{ device_id: 1, kind: 1, to_at: 1 }],
    [{ device_id: 'hashed' }],
    [{ _id: 'hashed' }],
  ])('breaks of devices: by %o they could not be written, or put in place by a rebuild', (key) => {
    const found = objections(new Map([['device_breaks', key]]))
    expect(found).toContain('puts a collection that lies on one shard in its place')
    if (!('_id' in key))
      expect(found).toContain('may insert a row, and its filter lacks a field of the key')
  })

  it('batches: by area every step of one would ask every shard, by id their numbers were not unique', async () => {
    const byArea = routed(new Map([['batches', { area_id: 1, number: 1 } as const]]))
    const steps = byArea.filter(({ verb }) => verb === 'update')
    expect(new Set(steps.map(reachOf))).toEqual(new Set(['every']))
    const unique = (await collection('batches').indexes()).filter((index) => index.unique)
    expect(unique.map(({ key }) => Object.keys(key))).toEqual([['area_id', 'number']])
  })
})
