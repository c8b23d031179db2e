import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import type { Models } from '../../../server/models/index.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { enterComplaint } from '../../../server/services/complaint/file-complaint.ts'
import { handleComplaint } from '../../../server/services/complaint/handle-complaint.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { changeDevice } from '../../../server/services/device/change-device.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { buildProof } from '../../../server/services/ledger/build-proof.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { restoreLedger } from '../../../server/services/restore/restore-ledger.ts'
import { startIpfs, type Ipfs } from '../../../stack/ipfs/index.ts'
import { TestDevice } from '../../device.ts'
import { eventually } from '../../portal.ts'
import { openModels, startServices, type ServiceTest } from './deps.ts'
import { derive } from './outage-records.ts'

const AREAS = ['here', 'there']
const OFFICIAL = { pseudonym: 'official:7f3a', areas: null }
const noVisitor = { restored: () => undefined }

let test: ServiceTest
/** A store that has nothing of what was published. */
let emptyStore: Ipfs
const closing: (() => Promise<void>)[] = []
const [steady, moving] = [new TestDevice('steady'), new TestDevice('moving', { stage: 'street' })]
let waiting: object = {}

beforeAll(async () => {
  test = await startServices()
  emptyStore = await startIpfs({ dir: join(test.dir, 'another-store') })
  const { deps } = test
  await putAreas(deps)
  await enrolDevices(
    deps,
    [steady, moving].map(({ facts }) => ({ area_id: 'here', device: facts })),
  )
  await handIn(deps, [steady.read(), moving.read(), steady.read(OFF)])
  const filing = { kind: 'no_supply', area_id: 'here', latitude: 1, longitude: 1 } as const
  const filed = await enterComplaint(deps, { ...filing, words: 'dark', channel: 'web' }, null)
  await anchorAll(deps)
  await handleComplaint(deps, OFFICIAL, filed.complaint_id, { action: 'acknowledge' })
  await changeDevice(deps, moving.facts.device_id, {
    event: 'moved',
    area_id: 'there',
    latitude: 2,
    longitude: 2,
    reason: 'road works',
    approved_by: 'official:7f3a',
  })
  test.clock.advance(10)
  await handIn(deps, [steady.read({ reason: 'change' }), moving.read(OFF)])
  await anchorAll(deps)
  await derive(deps)
  waiting = steady.read()
})
afterAll(async () => {
  for (const close of closing) await close()
  await emptyStore?.stop()
  await test?.stop()
})

const OFF = { power_status: 'OFF', reason: 'last_gasp' } as const

async function putAreas(deps: Deps): Promise<void> {
  for (const id of AREAS)
    await putArea(deps, id, {
      name: id,
      kind: 'ward',
      area_type: null,
      parent_id: null,
      geometry: null,
    })
}

async function handIn(deps: Deps, readings: readonly object[]): Promise<void> {
  test.clock.advance(1)
  const answers = await readingIntake(deps)(
    readings.map((json) => ({ json })),
    () => 0,
  )
  expect(answers.map(({ status }) => status)).toEqual(readings.map(() => 'accepted'))
}

async function anchorAll(deps: Deps): Promise<void> {
  test.clock.advance(deps.settings.batchIntervalMs)
  await sealBatches(deps)
  await publishBatches(deps)
  await eventually('all anchored', async () => {
    await anchorBatches(deps)
    return !(await deps.models.batches.exists({ state: { $ne: 'anchored' } }))
  })
}

/** The same portal on another database, with the areas put and nothing else, and with another IPFS node where given. */
async function elsewhere(name: string, ipfs = test.deps.ipfs): Promise<Deps> {
  const mongodbUri = test.stack.mongodbUri.replace(/\/[^/?]*(\?|$)/, `/${name}$1`)
  const { models, close } = await openModels({ mongodbUri })
  closing.push(close)
  // Those that decide; the others only hasten.
  await models.records.createIndexes()
  const deps = { ...test.deps, models, ipfs }
  await putAreas(deps)
  return deps
}

/** All that is public of a ledger, with what is derived from it. */
async function told({ models }: Deps) {
  const rows = async (name: keyof Models, without: Record<string, 0>) =>
    models[name].collection.find({}, { projection: without }).sort({ _id: 1 }).toArray()
  return {
    records: await rows('records', {}),
    leafLists: await rows('leafLists', {}),
    batches: await rows('batches', { changed_at: 0 }),
    devices: await rows('devices', { changed_at: 0, noted_at: 0 }),
    complaints: await rows('complaints', { changed_at: 0, secrets: 0, tokens: 0, erase_at: 0 }),
    deviceLines: await rows('deviceLines', {}),
    deviceBreaks: await rows('deviceBreaks', {}),
    outages: await rows('outages', { changed_at: 0, round: 0 }),
  }
}

const proofsOf = async (deps: Deps) => {
  const rows = await deps.models.records.find().sort({ _id: 1 }).lean()
  return Promise.all(rows.map(({ _id }) => buildProof(deps, _id)))
}

const source = { file: (cid: string) => test.deps.ipfs.cat(cid) }
const noSource = {
  file: (): AsyncIterable<Uint8Array> => {
    throw new Error('expected nothing asked for')
  },
}

describe('a database that is lost', () => {
  it('comes back from Ethereum and IPFS as it was, and the ledger goes on', async () => {
    const before = await told(test.deps)
    const deps = await elsewhere('lost')
    expect(await restoreLedger(deps, noSource, noVisitor)).toEqual({ batches: 3, unknownAreas: [] })
    await derive(deps)
    expect(await told(deps)).toEqual(before)
    expect(await proofsOf(deps)).toEqual(await proofsOf(test.deps))
    expect(await restoreLedger(deps, noSource, noVisitor)).toEqual({ batches: 0, unknownAreas: [] })
  })

  it('comes back with the IPFS node lost too, from any that has the files', async () => {
    const deps = await elsewhere('both-lost', kuboIpfs(emptyStore.apiUrl))
    await restoreLedger(deps, source, noVisitor)
    await derive(deps)
    expect(await told(deps)).toEqual(await told(test.deps))
    for (const { cid } of await deps.models.batches.find().lean())
      expect(await deps.ipfs.block(cid ?? '')).toBeInstanceOf(Uint8Array)
  })

  it('comes back whole however often that is cut short', async () => {
    const deps = await elsewhere('cut-short')
    let cuts = 0
    for (let writes = 1; ; writes += 1) {
      try {
        await restoreLedger({ ...deps, models: dyingAfter(deps.models, writes) }, source, noVisitor)
        break
      } catch (error) {
        expect(String(error)).toContain('killed')
        cuts += 1
      }
    }
    expect(cuts).toBeGreaterThan(5)
    await derive(deps)
    expect(await told(deps)).toEqual(await told(test.deps))
  })

  it('waits for areas that nobody put, and brings back the others', async () => {
    const deps = await elsewhere('one-area')
    await deps.models.areas.deleteOne({ _id: 'there' })
    expect(await restoreLedger(deps, source, noVisitor)).toEqual({
      batches: 2,
      unknownAreas: ['there'],
    })
  })

  it('takes nothing from a file that is not the one on the chain', async () => {
    const deps = await elsewhere('lied-to', kuboIpfs(emptyStore.apiUrl))
    const lying: Deps = {
      ...deps,
      ipfs: {
        ...deps.ipfs,
        add: (_, expected = '') => Promise.resolve(expected),
        async *cat() {
          yield new TextEncoder().encode('{}\n')
        },
      },
    }
    await expect(restoreLedger(lying, source, noVisitor)).rejects.toMatchObject({
      code: 'wrong_cid',
    })
    expect(await deps.models.records.countDocuments()).toBe(0)
  })
})

describe('an old backup', () => {
  it('that lacks the leaf hashes of a sealed batch lets its records wait again', async () => {
    const deps = await elsewhere('half-a-batch')
    const { models } = deps
    await restoreLedger(deps, noSource, noVisitor)
    await handIn(deps, [waiting])
    test.clock.advance(deps.settings.batchIntervalMs)
    await sealBatches(deps)
    const sealed = await models.batches.findOne({ state: 'sealed' }).lean()
    await models.leafLists.deleteOne({ _id: sealed?.root ?? '' })

    await restoreLedger(deps, noSource, noVisitor)
    expect(await models.batches.exists({ state: 'sealed' })).toBeNull()
    await sealBatches(deps)
    expect(await models.batches.findOne({ state: 'sealed' }).lean()).toMatchObject({
      _id: sealed?._id,
      root: sealed?.root,
    })
  })

  it('that went on by itself is brought to what the chain holds, and the ledger goes on', async () => {
    const deps = await elsewhere('old-backup')
    await restoreLedger(deps, noSource, noVisitor)
    // As it was before its last batches; then a life of its own, in which readings came again: one in the area its device is in now.
    const { models } = deps
    const second = await models.batches.findById('here/2').lean()
    const readings = await models.records.find({ area_id: 'here', type: 'reading' }).lean()
    const moved = readings.filter(({ device_id }) => device_id === moving.facts.device_id)
    const later = readings.filter(({ batch_number }) => batch_number === 2)
    const lost = new Set([...moved, ...later])
    await models.batches.deleteMany({ area_id: 'here' })
    await models.records.deleteMany({ _id: { $in: [...lost].map(({ _id }) => _id) } })
    await models.records.updateMany({ area_id: 'here' }, { $set: { batch_number: null } })
    test.clock.advance(5)
    await handIn(
      deps,
      [...lost].map(({ body = '' }) => JSON.parse(body).reading),
    )
    test.clock.advance(deps.settings.batchIntervalMs)
    await sealBatches(deps)
    expect(
      (await models.batches.find({ state: 'sealed' }).lean()).map(({ _id }) => _id).sort(),
    ).toEqual(['here/1', 'there/2'])

    await restoreLedger(deps, noSource, noVisitor)
    await derive(deps)
    expect((await models.batches.findById('here/2').lean())?.root).toBe(second?.root)
    expect(await proofsOf(deps)).toEqual(await proofsOf(test.deps))
    await handIn(deps, [waiting])
    await anchorAll(deps)
    expect(await models.batches.findById('here/3').lean()).toMatchObject({
      previous_root: second?.root,
      state: 'anchored',
    })
  })
})

/** The same models, of which the process dies at the write after so many. */
function dyingAfter(models: Models, writes: number): Models {
  let left = writes
  const WRITES = ['insertMany', 'updateOne', 'updateMany', 'replaceOne', 'deleteMany', 'bulkWrite']
  const dying = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object)
        if (name === 'collection' && value !== null && typeof value === 'object')
          return dying(value)
        if (typeof value !== 'function') return value
        if (!WRITES.includes(String(name))) return value.bind(object)
        return (...given: unknown[]) => {
          if ((left -= 1) < 0) throw new Error('killed')
          return value.apply(object, given)
        }
      },
    })
  return {
    ...models,
    records: dying(models.records),
    batches: dying(models.batches),
    leafLists: dying(models.leafLists),
    devices: dying(models.devices),
    complaints: dying(models.complaints),
  }
}
