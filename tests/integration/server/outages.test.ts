import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { InterruptionRow, Models } from '../../../server/models/index.ts'
import { followChanges } from '../../../server/services/follow-changes.ts'
import { lease } from '../../../server/services/lease.ts'
import { listFailures } from '../../../server/services/ledger/list-failures.ts'
import { mayWait } from '../../../server/services/outage/known-until.ts'
import {
  breakOf,
  cellOf,
  interruptionOf,
  outageOf,
} from '../../../server/services/outage/outage-rows.ts'
import { rebuildOutages } from '../../../server/services/outage/rebuild-outages.ts'
import { canonicalText, parseJson } from '../../../shared/json.ts'
import {
  outageDraft,
  type DerivedOutage,
  type OutageDraft,
} from '../../../server/services/outage/outage-draft.ts'
import { interruptionsOf, outageHistory, type Interruption } from '../../../shared/outage/index.ts'
import { byStart, takeInto } from '../../../shared/outage/events.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'
import {
  derive,
  devices,
  eventRow,
  forget,
  historiesFromScratch,
  readingRow,
  START_AT,
  type Said,
} from './outage-records.ts'

const WRITES = [
  ...['bulkWrite', 'create', 'deleteMany', 'deleteOne'],
  ...['replaceOne', 'updateMany', 'updateOne'],
]

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())
beforeEach(() => forget(test.deps))

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
  const histories = await historiesFromScratch(test.deps)
  const { heartbeatMs } = test.deps.settings
  const exact = histories.flatMap(interruptionsOf)
  const interruptions = exact.map((one) => ({ ...one, place: one.place && cellOf(one.place) }))
  return {
    breaks: histories.flatMap(({ breaks }) =>
      breaks.filter(({ state, toAt }) => state === 'off' || toAt !== null),
    ),
    interruptions,
    events: outageHistory(histories, { asOfAt: START_AT, heartbeatMs }).events,
    rows: rowsFrom(interruptions),
  }
}

function rowsFrom(interruptions: readonly Interruption[]): DerivedOutage[] {
  const drafts: OutageDraft[] = []
  const byArea = Map.groupBy(interruptions, ({ areaId }) => areaId)
  for (const one of [...byArea.values()].flatMap((ofArea) => ofArea.toSorted(byStart)))
    takeInto(drafts, one, outageDraft)
  return drafts.map((draft) => draft.row())
}

async function expectAsFromScratch() {
  const { breaks, events, lines } = await kept()
  const interrupted = await test.deps.models.deviceBreaks
    .find({ interruption: { $exists: true } })
    .lean<InterruptionRow[]>()
  const scratch = await fromScratch()
  expect(byText(breaks.flatMap(breakOf).map(sorted))).toEqual(byText(scratch.breaks.map(sorted)))
  expect(byText(interrupted.map(interruptionOf).map(sorted))).toEqual(
    byText(scratch.interruptions.map(sorted)),
  )
  expect(byText(events.map(sorted))).toEqual(byText(scratch.events.map(sorted)))
  const rows = await test.deps.models.outages.find({}, { changed_at: 0, round: 0 }).lean()
  expect(byText(rows.map(sorted))).toEqual(byText(scratch.rows.map(sorted)))
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

type Life = typeof lives extends fc.Arbitrary<infer Steps> ? Steps : never

function rowsOf(life: Life) {
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
      await forget(test.deps)
      for (const { row, pause } of rowsOf(life)) {
        await test.deps.models.records.create([row])
        if (pause) await derive(test.deps)
      }
      await derive(test.deps)
      const { breaks, events, lines } = await expectAsFromScratch()
      await rebuildOutages(test.deps)
      await derive(test.deps)
      expect(await kept()).toEqual({ breaks, events, lines })
    }),
    { numRuns: 12 },
  )
}, 60_000)

/** Models of which the write after `left` others fails, and every later one. */
function cutAfter(models: Models, left: number): { models: Models; isCut(): boolean } {
  let writes = 0
  const cut = (model: object): object =>
    new Proxy(model, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (name === 'collection' && member !== null && typeof member === 'object')
          return cut(member)
        if (typeof member !== 'function' || !WRITES.includes(String(name))) return member
        return (...given: unknown[]) => {
          writes += 1
          if (writes > left) throw new Error('killed')
          return Reflect.apply(member, target, given)
        }
      },
    })
  const names = [
    ...['records', 'deviceLines', 'deviceBreaks', 'outages', 'outageRounds'],
    ...['outageBasis', 'areaDays', 'failures'],
  ]
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
    await forget(test.deps)
    const readings = said.map((words, index) => readingRow(one, index + 1, words))
    const { records } = test.deps.models
    await records.create([eventRow(one, 'enrolled', 0), ...readings.slice(0, 2)])
    await derive(test.deps)
    await records.create([eventRow(one, 'suspended', 45), ...readings.slice(3)])
    const line = cutAfter(test.deps.models, left)
    await derive(test.deps, line.models).catch(() => null)
    isCut = line.isCut()
    cuts += Number(isCut)
    await records.create([readings[2], eventRow(one, 'moved', 15, 'b')].flatMap((row) => row ?? []))
    await derive(test.deps)
    await expectAsFromScratch()
  }
  // The round noted, breaks, events, marks, lines, the round done.
  expect(cuts).toBeGreaterThan(5)
}, 60_000)

const street = Array.from({ length: 8 }, (_, index) => new TestDevice(`street ${index}`))

it('sums an outage up by what each round changes, as from all at once, killed anywhere', async () => {
  const steps = fc.array(fc.record({ order: fc.integer(), group: fc.nat(5), minute: fc.nat(3) }), {
    minLength: 2 * street.length,
    maxLength: 2 * street.length,
  })
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(12), async (life, left) => {
      await forget(test.deps)
      const { records } = test.deps.models
      const said = (device: TestDevice, seq: number, minutes: number) =>
        readingRow(device, seq, { minutes, on: seq !== 2, lateMinutes: 0 })
      await records.create(street.flatMap((one) => [eventRow(one, 'enrolled', 0), said(one, 1, 5)]))
      await derive(test.deps)
      const told = street.flatMap((one, index) => {
        const [off, on] = [life[2 * index], life[2 * index + 1]]
        if (!off || !on) return []
        return [
          { ...off, row: said(one, 2, 10 + off.minute) },
          { ...on, group: 6 + on.group, row: said(one, 3, 20 + on.minute) },
        ]
      })
      told.sort((a, b) => a.group - b.group || a.order - b.order)
      for (const group of Map.groupBy(told, (one) => one.group).values()) {
        await records.create(group.map(({ row }) => row))
        await derive(test.deps, cutAfter(test.deps.models, left).models).catch(() => null)
        await derive(test.deps)
      }
      await expectAsFromScratch()
    }),
    { numRuns: 12 },
  )
}, 60_000)

it('sets a damaged record aside, shows it, and derives all others; a rebuild looks at it again', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { records } = test.deps.models
  const said = [true, false, false, true].map((on, index) =>
    readingRow(one, index + 1, { minutes: 10 * index, on, lateMinutes: 0 }),
  )
  const [first, second, third, last] = said
  if (!first || !second || !third || !last) throw new Error('expected four readings')
  const whole = second.body
  const event = eventRow(one, 'suspended', 200)
  await records.create([
    eventRow(one, 'enrolled', 0),
    first,
    { ...second, body: whole.replace('"OFF"', '"ON"') },
    third,
    last,
    { ...event, body: '{' },
  ])
  expect(await derive(test.deps)).toBe(6)
  const shown = await listFailures(test.deps)
  expect(shown.items.map(({ subject, failure }) => [subject, failure.code]).sort()).toEqual(
    [`derive:${second._id}`, `derive:${event._id}`].sort().map((id) => [id, 'record_damaged']),
  )
  const startedAt = async () => (await test.deps.models.outages.findOne().lean())?.started_at
  expect(await startedAt()).toEqual(third.measured_at)
  await records.updateOne({ _id: second._id }, { $set: { body: whole } })
  await records.updateOne({ _id: event._id }, { $set: { body: event.body } })
  await rebuildOutages(test.deps)
  await derive(test.deps)
  expect(await startedAt()).toEqual(second.measured_at)
  expect((await listFailures(test.deps)).items).toEqual([])
  await expectAsFromScratch()
})

it('are where their devices stood when they lost mains, wherever those are taken afterwards', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { records, outages } = test.deps.models
  const said = [true, false, true].map((on, index) =>
    readingRow(one, index + 1, { minutes: 10 * index, on, lateMinutes: 0 }),
  )
  const elsewhere = { facts: { ...one.facts, latitude: 26.5, longitude: 86.5 } }
  await records.create([eventRow(one, 'enrolled', 0), ...said])
  await derive(test.deps)
  const where = async () => (await outages.findOne().lean())?.cells?.coordinates
  expect(await where()).toEqual([[85.14, 25.59]])
  await records.create([eventRow(elsewhere, 'moved', 30)])
  await rebuildOutages(test.deps)
  await derive(test.deps)
  expect(await where()).toEqual([[85.14, 25.59]])
})

it('counts no interruption any more that a late suspension leaves out of service', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { records, outages } = test.deps.models
  const said = [true, false, true].map((on, index) =>
    readingRow(one, index + 1, { minutes: 10 * index, on, lateMinutes: 0 }),
  )
  await records.create([eventRow(one, 'enrolled', 0), ...said])
  await derive(test.deps)
  expect(await outages.countDocuments()).toBe(1)
  await records.create([eventRow(one, 'suspended', 5), eventRow(one, 'resumed', 25)])
  await derive(test.deps)
  expect(await outages.countDocuments()).toBe(0)
  await expectAsFromScratch()
})

it('keeps as little of a device that is off for long as of another, and finds what comes late all the same', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { records, deviceLines } = test.deps.models
  const said = (seq: number, minutes: number, on = false) =>
    readingRow(one, seq, { minutes, on, lateMinutes: 0 })
  const off = Array.from({ length: 2_100 }, (_, index) => said(index + 2, index + 2))
  const late = off.splice(1_000, 1)
  await records.create([eventRow(one, 'enrolled', 0), said(1, 0, true)])
  await records.insertMany(off)
  await derive(test.deps)
  expect((await deviceLines.findById(one.facts.device_id).lean())?.tail).toHaveLength(3)
  await records.create([...late, said(2_102, 2_200, true)])
  await derive(test.deps)
  await expectAsFromScratch()
})

it('writes nothing more once its lease is lost and another has gone on', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { models } = test.deps
  const said = (seq: number, minutes: number, on: boolean) =>
    readingRow(one, seq, { minutes, on, lateMinutes: 0 })
  await models.records.create([eventRow(one, 'enrolled', 0), said(1, 0, true), said(2, 10, false)])
  let isHeldUp = false
  const outages = new Proxy(models.outages, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'find' || isHeldUp || typeof member !== 'function') return member
      return (...given: unknown[]) => {
        const query = Reflect.apply(member, target, given)
        const lean = query.lean.bind(query)
        query.lean = async () => {
          const rows = await lean()
          if (!isHeldUp) {
            isHeldUp = true
            await models.leases.deleteMany({})
            await derive(test.deps)
            await models.records.create([said(3, 20, true)])
            await derive(test.deps)
          }
          return rows
        }
        return query
      }
    },
  })
  await expect(derive(test.deps, { ...models, outages })).rejects.toThrow('lease was lost')
  await expectAsFromScratch()
  expect(await models.outages.countDocuments({ ended_at: { $ne: null } })).toBe(1)
})

it('derives records that were stored before outages followed from them', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { records } = test.deps.models
  await records.create([
    eventRow(one, 'enrolled', 0),
    readingRow(one, 1, { minutes: 10, on: false, lateMinutes: 0 }),
  ])
  await records.updateMany({}, { $unset: { underived: 1 } })
  expect(await derive(test.deps)).toBe(2)
  await expectAsFromScratch()
  expect(await derive(test.deps)).toBe(0)
})

it('derives all anew by another heartbeat', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { deviceBreaks, records } = test.deps.models
  await records.create([
    eventRow(one, 'enrolled', 0),
    readingRow(one, 1, { minutes: 0, on: true, lateMinutes: 0 }),
    readingRow(one, 2, { minutes: 40, on: true, lateMinutes: 0 }),
  ])
  await derive(test.deps)
  const silences = () => deviceBreaks.countDocuments({ kind: 'silent', first_seq: 1 })
  expect(await silences()).toBe(0)
  const { settings } = test.deps
  await derive({ ...test.deps, settings: { ...settings, heartbeatMs: 600_000 } })
  expect(await silences()).toBe(1)
})

it('shows what it had until all is derived anew, wherever that is cut short', async () => {
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const { models } = test.deps
  await models.records.create([
    eventRow(one, 'enrolled', 0),
    readingRow(one, 1, { minutes: 0, on: true, lateMinutes: 0 }),
    readingRow(one, 2, { minutes: 10, on: false, lateMinutes: 0 }),
  ])
  await derive(test.deps)
  const before = await kept()
  let cuts = 0
  for (let left = 0, isCut = true; isCut; left += 1) {
    await rebuildOutages(test.deps)
    const line = cutAfter(models, left)
    await derive(test.deps, line.models).catch(() => null)
    isCut = line.isCut()
    cuts += Number(isCut)
    expect(await models.outages.countDocuments()).toBe(1)
    await derive(test.deps)
    expect(await kept()).toEqual(before)
  }
  expect(cuts).toBeGreaterThan(8)
}, 60_000)

it('tells of a rebuild only what it found new or other', async () => {
  const [one, two] = devices
  if (!one || !two) throw new Error('expected two devices')
  const { models } = test.deps
  const said = (device: typeof one, seq: number, minutes: number, on: boolean) =>
    readingRow(device, seq, { minutes, on, lateMinutes: 0 })
  const enrolled = [eventRow(one, 'enrolled', 0), eventRow(two, 'enrolled', 0)]
  await models.records.create([...enrolled, said(one, 1, 0, true), said(one, 2, 10, false)])
  await models.records.create([said(one, 3, 20, true), said(two, 1, 30, false)])
  await derive(test.deps)
  const times = async () => (await models.outages.find().lean()).map((row) => row.changed_at)
  const before = await times()
  expect(before).toHaveLength(2)
  test.clock.advance(60_000)
  await rebuildOutages(test.deps)
  await derive(test.deps)
  expect(await times()).toEqual(before)
  const told = () => followChanges(test.deps, test.clock.now())
  expect(await told()).toEqual([])
  await rebuildOutages(test.deps)
  await models.records.create([said(two, 2, 40, true)])
  await derive(test.deps)
  expect(await told()).toMatchObject([{ type: 'outage', data: { status: 'restored' } }])
})

it('lets one instance derive at a time', async () => {
  const other = lease(test.deps, 'outages', randomUUID())
  expect(await other.hold()).toBe(true)
  expect(await derive(test.deps)).toBeNull()
  await other.release()
  expect(await derive(test.deps)).toBe(0)
})

it('lets what was received wait to be derived for ten seconds, no longer', async () => {
  const [device] = devices
  if (!device) throw new Error('expected devices')
  const waitsAfter = (ms: number) =>
    mayWait({ ...test.deps, clock: { now: () => new Date(START_AT + ms) } })
  expect(await waitsAfter(0)).toBe(true)
  await test.deps.models.records.create([eventRow(device, 'enrolled', 0)])
  expect(await waitsAfter(9_999)).toBe(true)
  expect(await waitsAfter(10_000)).toBe(false)
  await derive(test.deps)
  expect(await waitsAfter(10_000)).toBe(true)
})
