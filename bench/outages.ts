import { createHash } from 'node:crypto'
import type { Models, RecordRow } from '../server/models/index.ts'
import { lease } from '../server/services/lease.ts'
import { leafHashOfBody } from '../server/services/ledger/record-bodies.ts'
import { deriveOutages } from '../server/services/outage/derive-outages.ts'
import { rowOfReading } from '../server/services/reading/reading-row.ts'
import { canonicalBytes, canonicalText } from '../shared/json.ts'
import type { Reading } from '../shared/reading/index.ts'
import type { DeviceEventRecord, ReadingRecord } from '../shared/record/index.ts'
import { TestDevice } from '../tests/device.ts'
import { tell } from './tell.ts'
import { withModels } from './with-models.ts'

/**
 * How long it takes until an outage follows from the last readings of all sensors of one area, which lose mains within two
 * minutes, and until it is over again. Prints one JSON line a measure; fails where ten times as many sensors take more than 13 times as long.
 */
const [FEW, MANY] = [10_000, 100_000]
/** Indexes that fit the database's cache no more cost a part of it. */
const AT_MOST_TIMES = 13
const ROWS_AT_ONCE = 5_000
const WITHIN_MS = 120_000
const MINUTE_MS = 60_000
const AREA = 'bench'
const ENROLLED_AT = Date.UTC(2026, 8, 1)
const OFF_AT = ENROLLED_AT + 30 * MINUTE_MS
const ON_AGAIN_AT = OFF_AT + 60 * MINUTE_MS

/** Members alike in all of them; signatures are not looked at here. */
const sample = new TestDevice('outages').read()
const { facts } = new TestDevice('outages')

const few = await withModels((models) => darkAndBack(models, FEW))
const many = await withModels((models) => darkAndBack(models, MANY))
for (const step of ['dark', 'back'] as const) {
  tell(`outages.${step}.${FEW}`, few[step], 's')
  tell(`outages.${step}.${MANY}`, many[step], 's', { atMost: AT_MOST_TIMES * few[step] })
}

async function darkAndBack(
  models: Models,
  sensors: number,
): Promise<{ dark: number; back: number }> {
  const deps = {
    ...{ models, clock: { now: () => new Date() } },
    settings: { heartbeatMs: 15 * MINUTE_MS, leaseMs: 30_000 },
  } as Parameters<typeof deriveOutages>[0]
  const own = lease(deps, 'outages', 'bench')
  const derived = async (rowOf: (index: number) => RecordRow): Promise<number> => {
    for (let first = 0; first < sensors; first += ROWS_AT_ONCE)
      await models.records.collection.insertMany(
        Array.from({ length: ROWS_AT_ONCE }, (_, n) => rowOf(first + n)) as never,
      )
    const startedAt = performance.now()
    await deriveOutages(deps, own)
    return (performance.now() - startedAt) / 1000
  }
  const spread = (index: number) => Math.floor(((index / sensors) * WITHIN_MS) / 1000) * 1000
  await derived(enrolment)
  await derived((index) => reading(index, { seq: 1, at: ENROLLED_AT + MINUTE_MS, status: 'ON' }))
  const dark = await derived((index) =>
    reading(index, { seq: 2, at: OFF_AT + spread(index), status: 'OFF' }),
  )
  const back = await derived((index) =>
    reading(index, { seq: 3, at: ON_AGAIN_AT + spread(index), status: 'ON' }),
  )
  const found = await models.outages.find({}, { devices: 1, ended_at: 1 }).lean()
  if (found.length !== 1 || found[0]?.devices !== sensors || !found[0].ended_at)
    throw new Error(`expected one outage of ${sensors} that is over, got ${JSON.stringify(found)}`)
  return { dark, back }
}

function idOf(index: number): string {
  return createHash('sha256').update(`${index}`).digest('hex').slice(0, 18).toUpperCase()
}

function timeOf(at: number): string {
  return new Date(at).toISOString().replace('.000', '')
}

function enrolment(index: number): RecordRow {
  const device = { ...facts, device_id: idOf(index) }
  const at = new Date(ENROLLED_AT)
  const record: DeviceEventRecord = {
    ...{ v: 1, type: 'device_event', area_id: AREA, at: at.toISOString(), event: 'enrolled' },
    device,
  }
  const body = canonicalText(record)
  return {
    ...{ _id: leafHashOfBody(body), area_id: AREA, type: 'device_event', ordered_at: at, body },
    ...{ batch_number: null, device_id: device.device_id, underived: true },
  }
}

function reading(
  index: number,
  { seq, at, status }: { seq: number; at: number; status: Reading['power_status'] },
): RecordRow {
  const said = {
    ...sample,
    device_id: idOf(index),
    seq,
    timestamp: timeOf(at),
    power_status: status,
  }
  const record: ReadingRecord = {
    ...{ v: 1, type: 'reading', area_id: AREA, received_at: new Date(at).toISOString() },
    reading: said,
  }
  const body = canonicalText(record)
  return rowOfReading({
    record,
    body,
    leafHash: leafHashOfBody(body),
    signed: canonicalBytes(said),
  })
}
