import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Models, RecordRow } from '../../../server/models/index.ts'
import { deriveOutages } from '../../../server/services/derive-outages.ts'
import { lease } from '../../../server/services/lease.ts'
import { breakOf, outageOf } from '../../../server/services/outage-rows.ts'
import { readingOfRow } from '../../../server/services/outage-window.ts'
import { rebuildOutages } from '../../../server/services/rebuild-outages.ts'
import { toHex } from '../../../shared/bytes.ts'
import { canonicalText, parseJson } from '../../../shared/json.ts'
import {
  deviceLine,
  outageHistory,
  serviceSpans,
  type LedgerDeviceEvent,
} from '../../../shared/outage/index.ts'
import { signedBytes, signedDigest } from '../../../shared/reading/index.ts'
import { parseRecord, type DeviceEventRecord } from '../../../shared/record/index.ts'
import { leafHashOfBody } from '../../../server/services/record-bodies.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'

const START_AT = Date.parse('2026-09-01T00:00:00Z')
const MINUTE_MS = 60_000
const WRITES = ['bulkWrite', 'deleteMany', 'deleteOne', 'replaceOne', 'updateMany', 'create']

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())
beforeEach(forget)

async function forget(): Promise<void> {
  const { records, deviceLines, deviceBreaks, outages, outageRounds } = test.deps.models
  await Promise.all([
    records.deleteMany({}),
    deviceLines.deleteMany({}),
    deviceBreaks.deleteMany({}),
    outages.deleteMany({}),
    outageRounds.deleteMany({}),
  ])
}

const devices = [
  new TestDevice('one'),
  new TestDevice('two', { stage: 'house', customers_served: 1 }),
  new TestDevice('three', { stage: 'house', customers_served: 2 }),
]
const at = (minutes: number) => new Date(START_AT + minutes * MINUTE_MS)

function eventRow(
  device: TestDevice,
  event: DeviceEventRecord['event'],
  minutes: number,
  area = 'a',
): RecordRow {
  const record: DeviceEventRecord = {
    v: 1,
    type: 'device_event',
    area_id: area,
    at: at(minutes).toISOString(),
    event,
    device: device.facts,
  }
  const body = canonicalText(record)
  return {
    _id: leafHashOfBody(body),
    area_id: area,
    type: 'device_event',
    ordered_at: at(minutes),
    body,
    batch_number: null,
    device_id: device.facts.device_id,
    underived: true,
  }
}

interface Said {
  minutes: number
  on: boolean
  lateMinutes: number
}

function readingRow(device: TestDevice, seq: number, { minutes, on, lateMinutes }: Said) {
  const reading = device.read({
    seq,
    timestamp: at(minutes).toISOString().replace('.000', ''),
    power_status: on ? 'ON' : 'OFF',
    reason: 'heartbeat',
  })
  const receivedAt = at(minutes + lateMinutes)
  const body = canonicalText({
    v: 1,
    type: 'reading',
    area_id: 'a',
    received_at: receivedAt.toISOString(),
    reading,
  })
  return {
    _id: leafHashOfBody(body),
    area_id: 'a',
    type: 'reading' as const,
    ordered_at: receivedAt,
    body,
    batch_number: null,
    underived: true as const,
    device_id: device.facts.device_id,
    seq,
    measured_at: at(minutes),
    digest: toHex(signedDigest(signedBytes(reading))),
  }
}

async function derive(models: Models = test.deps.models): Promise<number | null> {
  const own = lease(test.deps, 'outages', randomUUID())
  try {
    return await deriveOutages({ ...test.deps, models }, own)
  } finally {
    await own.release()
  }
}

/** What the database holds, without the times at which it was written. */
async function kept() {
  const { deviceLines, deviceBreaks, outages, outageRounds } = test.deps.models
  const [lines, breaks, events] = await Promise.all([
    deviceLines.find().sort({ _id: 1 }).lean(),
    deviceBreaks.find().sort({ _id: 1 }).lean(),
    outages.find().sort({ _id: 1 }).lean(),
  ])
  expect(await outageRounds.countDocuments()).toBe(0)
  return { lines, breaks, events: events.map(outageOf) }
}

const byText = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

/** The same from all records at once, by the rules alone. */
async function fromScratch() {
  const rows = await test.deps.models.records.find().lean()
  const heartbeatMs = test.deps.settings.heartbeatMs
  const histories = [...Map.groupBy(rows, ({ device_id = '' }) => device_id)].map(
    ([deviceId, ofDevice]) => {
      const events = ofDevice.flatMap(({ _id, body }): LedgerDeviceEvent[] => {
        const record = parseRecord(parseJson(body))
        return record.type === 'device_event' ? [{ record, leafHash: _id }] : []
      })
      const readings = ofDevice.filter(({ type }) => type === 'reading').map(readingOfRow)
      const line = deviceLine(readings, heartbeatMs)
      return { deviceId, service: serviceSpans(events), breaks: line.breaks }
    },
  )
  return {
    breaks: histories.flatMap(({ breaks }) =>
      breaks.filter(({ state, toAt }) => state === 'off' || toAt !== null),
    ),
    events: outageHistory(histories, { asOfAt: START_AT, heartbeatMs }).events,
  }
}

async function expectAsFromScratch() {
  const { breaks, events, lines } = await kept()
  const scratch = await fromScratch()
  expect(byText(breaks.flatMap(breakOf).map(sorted))).toEqual(byText(scratch.breaks.map(sorted)))
  expect(byText(events.map(sorted))).toEqual(byText(scratch.events.map(sorted)))
  return { breaks, events, lines }
}

/** With members by name, so that the text of equal values is equal. */
const sorted = (value: object): unknown => parseJson(canonicalText(value))

const lives = fc.array(
  fc.record({
    device: fc.integer({ min: 0, max: devices.length - 1 }),
    minutes: fc.integer({ min: -20, max: 60 }),
    on: fc.boolean(),
    lateMinutes: fc.integer({ min: 0, max: 300 }),
    // Where it arrives among the others, and whether those before it are derived first.
    order: fc.integer(),
    pause: fc.boolean(),
  }),
  { minLength: 4, maxLength: 24 },
)

function rowsOf(life: fc.TypeOf<typeof lives>) {
  const clocks = devices.map(() => 100)
  const seqs = devices.map(() => 0)
  const readings = life.flatMap(({ device: index, minutes, order, pause, ...said }) => {
    const device = devices[index]
    if (!device) return []
    const measured = Math.max(0, (clocks[index] ?? 0) + minutes)
    clocks[index] = measured
    const seq = (seqs[index] ?? 0) + 1
    seqs[index] = seq
    return [{ row: readingRow(device, seq, { minutes: measured, ...said }), order, pause }]
  })
  const events = devices.map((device) => ({
    row: eventRow(device, 'enrolled', 0),
    order: 0,
    pause: true,
  }))
  const [first] = devices
  const moved = first
    ? [
        { row: eventRow(first, 'suspended', 150), order: 5, pause: false },
        { row: eventRow(first, 'resumed', 180, 'b'), order: -5, pause: true },
      ]
    : []
  return [...readings, ...events, ...moved].sort((a, b) => a.order - b.order)
}

it('derives the same from readings late and out of order as from all at once, and again by a rebuild', async () => {
  await fc.assert(
    fc.asyncProperty(lives, async (life) => {
      await forget()
      for (const { row, pause } of rowsOf(life)) {
        await test.deps.models.records.create([row])
        if (pause) await derive()
      }
      await derive()
      const { breaks, events, lines } = await expectAsFromScratch()
      await rebuildOutages(test.deps)
      await derive()
      expect(await kept()).toEqual({ breaks, events, lines })
    }),
    { numRuns: 25 },
  )
}, 60_000)

/** Models of which the write after `left` others fails, and every later one. */
function cutAfter(models: Models, left: number): { models: Models; isCut(): boolean } {
  let writes = 0
  const cut = (model: object) =>
    new Proxy(model, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || !WRITES.includes(String(name))) return member
        return (...given: unknown[]) => {
          writes += 1
          if (writes > left) throw new Error('killed')
          return Reflect.apply(member, target, given)
        }
      },
    })
  const names = ['records', 'deviceLines', 'deviceBreaks', 'outages', 'outageRounds']
  return {
    models: new Proxy(models, {
      get(target, name) {
        const member = Reflect.get(target, name)
        return names.includes(String(name)) ? cut(member) : member
      },
    }),
    isCut: () => writes > left,
  }
}

it('ends the same when killed between any two writes, with more arriving meanwhile', async () => {
  const said: Said[] = [
    { minutes: 10, on: true, lateMinutes: 0 },
    { minutes: 20, on: false, lateMinutes: 0 },
    { minutes: 40, on: true, lateMinutes: 0 },
    { minutes: 41, on: false, lateMinutes: 0 },
    { minutes: 50, on: true, lateMinutes: 0 },
  ]
  const [one] = devices
  if (!one) throw new Error('expected a device')
  let cuts = 0
  for (let left = 0, isCut = true; isCut; left += 1) {
    await forget()
    const readings = said.map((words, index) => readingRow(one, index + 1, words))
    const { records } = test.deps.models
    await records.create([eventRow(one, 'enrolled', 0), ...readings.slice(0, 2)])
    await derive()
    await records.create([eventRow(one, 'suspended', 45), ...readings.slice(3)])
    const line = cutAfter(test.deps.models, left)
    await derive(line.models).catch(() => null)
    isCut = line.isCut()
    cuts += Number(isCut)
    await records.create([readings[2], eventRow(one, 'moved', 15, 'b')].flatMap((row) => row ?? []))
    await derive()
    await expectAsFromScratch()
  }
  // The round noted, breaks, events, marks, lines, the round done.
  expect(cuts).toBeGreaterThan(5)
}, 60_000)

it('lets one instance derive at a time', async () => {
  const other = lease(test.deps, 'outages', randomUUID())
  expect(await other.hold()).toBe(true)
  expect(await derive()).toBeNull()
  await other.release()
  expect(await derive()).toBe(0)
})
