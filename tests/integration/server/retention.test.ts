import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Models } from '../../../server/models/index.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { lineInPeriod } from '../../../server/services/device/device-readings.ts'
import { lease } from '../../../server/services/lease.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { buildProof } from '../../../server/services/ledger/build-proof.ts'
import { condenseReadings } from '../../../server/services/ledger/condense-readings.ts'
import { confirmAnchors } from '../../../server/services/ledger/confirm-anchor.ts'
import { findRecord } from '../../../server/services/ledger/find-record.ts'
import { listBatchRecords } from '../../../server/services/ledger/list-batches.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { rebuildOutages } from '../../../server/services/outage/rebuild-outages.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { listReadings } from '../../../server/services/reading/list-readings.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { TestDevice } from '../../device.ts'
import { eventually, mine } from '../../portal.ts'
import { startServices, type ServiceTest } from './deps.ts'
import { derive } from './outage-records.ts'

const DAY_MS = 86_400_000
const AREA = 'kept'

let test: ServiceTest
const device = new TestDevice('kept')
const readings = [
  device.read(),
  device.read({ power_status: 'OFF', reason: 'last_gasp' }),
  device.read({ power_status: 'ON', reason: 'change' }),
  device.read(),
]

beforeAll(async () => {
  test = await startServices()
  const { deps, clock } = test
  const area = { name: AREA, kind: 'district', parent_id: null, geometry: null }
  await deps.models.areas.updateOne({ _id: AREA }, { $set: area }, { upsert: true })
  await enrolDevices(deps, [{ area_id: AREA, device: device.facts }])
  // Twice, so that they are in two files.
  for (const some of [readings.slice(0, 2), readings.slice(2)]) {
    clock.advance(1)
    expect((await handIn(some)).map(({ status }) => status)).toEqual(['accepted', 'accepted'])
    clock.advance(deps.settings.batchIntervalMs)
    await sealBatches(deps)
  }
  await publishBatches(deps)
  await eventually('all anchored', async () => {
    await anchorBatches(deps)
    return (await deps.models.batches.countDocuments({ state: 'anchored' })) === 2
  })
  await mine(test.stack, deps.settings.confirmations)
  await confirmAnchors(deps)
  await derive(deps)
})
afterAll(() => test?.stop())

const handIn = (some: readonly object[]) =>
  readingIntake(test.deps)(
    some.map((json) => ({ json })),
    () => 0,
  )

function condense(deps: Deps = test.deps, retentionMs = DAY_MS) {
  const own = lease(deps, 'retention', randomUUID())
  return condenseReadings(deps, own, retentionMs).finally(() => own.release())
}

const bodies = () =>
  test.deps.models.records.countDocuments({ type: 'reading', body: { $exists: true } })

/** Everything a reader may ask about the readings. */
async function told() {
  const { deps } = test
  const { items } = await listReadings(deps, { limit: 10, device_id: device.facts.device_id })
  const leaves = items.map(({ leaf_hash }) => leaf_hash)
  const period = { fromAt: 0, toAt: deps.clock.now().getTime() }
  const { heartbeatMs } = deps.settings
  const { deviceBreaks, deviceLines, outages } = deps.models
  return {
    items,
    records: await Promise.all(leaves.map((leaf) => findRecord(deps, leaf))),
    proofs: await Promise.all(leaves.map((leaf) => buildProof(deps, leaf))),
    batches: await Promise.all(
      [1, 2].map((number) => listBatchRecords(deps, { areaId: AREA, number, limit: 10 })),
    ),
    line: await lineInPeriod(deps, device.facts.device_id, { period, heartbeatMs, limit: 100 }),
    derived: await Promise.all([
      deviceBreaks.find().sort({ _id: 1 }).lean(),
      deviceLines.find().sort({ _id: 1 }).lean(),
      outages.find({}, { changed_at: 0 }).sort({ _id: 1 }).lean(),
    ]),
  }
}

/** The same models, of which the process dies at the n-th write of what is condensed. */
function dyingAt(write: number): Deps {
  let writes = 0
  const dying = <Target extends object>(target: Target, name: PropertyKey): Target =>
    new Proxy(target, {
      get(object, property) {
        const value: unknown = Reflect.get(object, property, object)
        if (property === 'collection' && value !== null && typeof value === 'object')
          return dying(value, 'bulkWrite')
        if (typeof value !== 'function') return value
        if (property !== name) return value.bind(object)
        return (...given: unknown[]) => {
          if ((writes += 1) >= write) throw new Error('killed')
          return value.apply(object, given)
        }
      },
    })
  const models: Models = {
    ...test.deps.models,
    records: dying(test.deps.models.records, 'bulkWrite'),
    batches: dying(test.deps.models.batches, 'updateOne'),
  }
  return { ...test.deps, models }
}

describe('readings that are old enough', () => {
  it('stay while they are young, while their batch is not final, and while another condenses', async () => {
    expect(await condense()).toBe(0)
    test.clock.advance(2 * DAY_MS)
    await test.deps.models.batches.updateMany({}, { $set: { state: 'anchored' } })
    expect(await condense()).toBe(0)
    await test.deps.models.batches.updateMany({}, { $set: { state: 'final' } })
    const other = lease(test.deps, 'retention', 'another')
    await other.hold()
    expect(await condense()).toBeNull()
    await other.release()
    expect(await bodies()).toBe(4)
  })

  it('stay where the node does not give the file back', async () => {
    const lying: Deps = {
      ...test.deps,
      ipfs: {
        ...test.deps.ipfs,
        async *cat() {
          yield new TextEncoder().encode('something else')
        },
      },
    }
    await expect(condense(lying)).rejects.toMatchObject({ code: 'wrong_cid' })
    expect(await bodies()).toBe(4)
  })

  it('leave the database, at whatever write the process dies, and everything is told as before', async () => {
    const before = await told()
    // Each goes on where the last one ended.
    for (const write of [1, 2, 3, 2]) {
      await expect(condense(dyingAt(write))).rejects.toThrow('killed')
      expect(await told()).toEqual(before)
    }
    await condense()
    expect(await bodies()).toBe(0)
    expect(await condense()).toBe(0)
    expect(await told()).toEqual(before)
  })

  it('are known when they come again, and contradicted when others come under their numbers', async () => {
    const [first] = readings
    expect(await handIn([first ?? {}])).toMatchObject([{ status: 'duplicate' }])
    const other = device.read({ seq: first?.seq, reason: 'boot' })
    expect(await handIn([other])).toMatchObject([{ status: 'rejected', code: 'equivocation' }])
    expect(await test.deps.models.equivocations.countDocuments()).toBe(1)
  })

  it('are read back for a rebuild, which ends as it was', async () => {
    const before = await told()
    await rebuildOutages(test.deps)
    await derive(test.deps)
    expect(await told()).toEqual(before)
  })

  it('are never told from other bytes than were anchored', async () => {
    const [row] = await test.deps.models.records.find({ type: 'reading' }).lean()
    if (!row?.in_file) throw new Error('expected a condensed reading')
    const { offset, length } = row.in_file
    const shifted = { in_file: { offset: offset + 1, length } }
    await test.deps.models.records.updateOne({ _id: row._id }, { $set: shifted })
    await expect(findRecord(test.deps, row._id)).rejects.toMatchObject({ code: 'wrong_cid' })
    await test.deps.models.records.updateOne({ _id: row._id }, { $set: { in_file: row.in_file } })
    expect(await findRecord(test.deps, row._id)).toMatchObject({ leaf_hash: row._id })
  })
})
