import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { lease, type Lease } from '../../../server/services/lease.ts'
import { migrate } from '../../../server/services/layout/migrate.ts'
import { FIRST_LAYOUT, type Migration } from '../../../server/services/layout/migrations.ts'
import type { Deps } from '../../../server/services/deps.ts'
import type { Models } from '../../../server/models/index.ts'
import { startMongo, type Mongo } from '../../../stack/mongodb/index.ts'
import { startPortal } from '../../../stack/portal.ts'
import { openModels, TestClock } from './deps.ts'

const AREAS = 20
const NEWER = 999
/** Looks like one: nothing is asked of the chain here. */
const DEPLOYMENT = JSON.stringify({
  chain_id: 31_337,
  contract: `0x${'1'.repeat(40)}`,
  transaction: `0x${'2'.repeat(64)}`,
  block_number: 1,
  code_hash: `0x${'3'.repeat(64)}`,
  deployed_at: '2026-11-21T00:00:00.000Z',
})

let dir: string
let mongo: Mongo
let models: Models
let close: () => Promise<void>
let deps: Deps
const leaseOf = (holder: string): Lease => lease(deps, 'layout', holder)

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-layout-'))
  mongo = await startMongo({ dir })
  ;({ models, close } = await openModels({ mongodbUri: mongo.uri }))
  // Whatever else a service reached for would be undefined, and fail.
  deps = { models, clock: new TestClock(), settings: { leaseMs: 30_000 } } as unknown as Deps
})
afterAll(async () => {
  await close?.()
  await mongo?.stop()
  await rm(dir, { recursive: true, force: true })
})
beforeEach(async () => {
  for (const model of [models.layouts, models.areas, models.leases])
    await model.collection.deleteMany({})
})

/** A database from before layouts were numbered. */
const useDatabase = () =>
  models.areas.collection.insertMany(
    Array.from({ length: AREAS }, (_, n) => ({ _id: `area-${n}` as never, name: `Area ${n}` })),
  )
const rowOf = () => models.layouts.findById('layout').lean()
const areasIn = () => models.areas.collection.find().toArray()

/** Gives every area a `size`, one after the other; dies after `survives` of them. */
const sizing = (survives = Number.POSITIVE_INFINITY): Migration => ({
  version: FIRST_LAYOUT + 1,
  name: 'areas have a size',
  async run() {
    let done = 0
    for await (const { _id } of models.areas.collection.find({ size: { $exists: false } })) {
      if (done++ >= survives) throw new Error('killed')
      await models.areas.collection.updateOne({ _id }, { $set: { size: 1 } })
    }
  },
})
const doubling: Migration = {
  version: FIRST_LAYOUT + 2,
  name: 'sizes are in halves',
  async run() {
    await models.areas.collection.updateMany({ halves: null }, [
      { $set: { halves: { $multiply: ['$size', 2] } } },
    ])
  },
}

describe('the layout of the data', () => {
  it('of an empty database is the newest, and nothing is migrated', async () => {
    const fail = async () => expect.unreachable('nothing to migrate')
    expect(await migrate(deps, leaseOf('a'), [{ ...sizing(), run: fail }])).toBe(2)
    expect(await rowOf()).toMatchObject({ version: 2, applied: [] })
  })

  it('of a database in use is brought up to date, step by step in order', async () => {
    await useDatabase()
    expect(await migrate(deps, leaseOf('a'), [sizing(), doubling])).toBe(3)
    expect(await rowOf()).toMatchObject({
      version: 3,
      applied: [
        { version: 2, name: 'areas have a size' },
        { version: 3, name: 'sizes are in halves' },
      ],
    })
    expect((await areasIn()).every(({ halves }) => halves === 2)).toBe(true)
    expect(await migrate(deps, leaseOf('a'), [sizing(), doubling])).toBe(3)
    expect((await rowOf())?.applied).toHaveLength(2)
  })

  it('is finished by the next start when a migration was cut short', async () => {
    await useDatabase()
    await expect(migrate(deps, leaseOf('a'), [sizing(7)])).rejects.toThrow('killed')
    expect(await rowOf()).toMatchObject({ version: 1, applied: [] })
    expect((await areasIn()).filter(({ size }) => size === 1)).toHaveLength(7)
    expect(await migrate(deps, leaseOf('a'), [sizing()])).toBe(2)
    expect((await areasIn()).every(({ size }) => size === 1)).toBe(true)
  })

  it('is changed by one instance while the other waits', async () => {
    await useDatabase()
    let runs = 0
    const counted: Migration = {
      ...sizing(),
      async run(given) {
        runs += 1
        await sizing().run(given)
      },
    }
    const both = ['a', 'b'].map((holder) => migrate(deps, leaseOf(holder), [counted]))
    // Who has finished gives the lease up no sooner than the process ends; the other needs none by then.
    expect(await Promise.all(both)).toEqual([2, 2])
    expect(runs).toBe(1)
    expect((await rowOf())?.applied).toHaveLength(1)
  })

  it('newer than the portal stops its start with a sentence, and is left as it is', async () => {
    await models.layouts.create({ _id: 'layout', version: NEWER, applied: [] })
    const env = {
      NUXT_MONGODB_URI: mongo.uri,
      NUXT_IPFS_API_URL: 'http://127.0.0.1:9/api/v0',
      NUXT_ETHEREUM_RPC_URL: 'http://127.0.0.1:9',
      NUXT_CHAIN_ID: '31337',
      NUXT_DEPLOYMENTS_DIR: dir,
      NUXT_ANCHORING_KEY: '11'.repeat(32),
      NUXT_LOG_KEY: '22'.repeat(32),
      NUXT_PERSONAL_DATA_KEY: '33'.repeat(32),
      NUXT_ADMIN_TOKEN: 'a token of at least thirty-two characters',
    }
    await writeFile(join(dir, '31337.json'), DEPLOYMENT)
    const logFile = join(dir, 'portal.log')
    const portal = await startPortal({ env, logFile }).catch(() => null)
    await portal?.exited
    expect(await readFile(logFile, 'utf8')).toContain(
      `Gridwitness cannot start. MongoDB: the database has layout ${NEWER}, this version of the portal knows layouts up to ${FIRST_LAYOUT}`,
    )
    expect(await rowOf()).toMatchObject({ version: NEWER })
  })
})
