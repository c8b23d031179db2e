import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { reliabilitySchema } from '../../../shared/api/reliability.ts'
import {
  leafHashesBehind,
  noSums,
  outageHistory,
  sumsByArea,
  utcDays,
  type LeavesOfReadings,
} from '../../../shared/outage/index.ts'
import { areaDays } from '../../../server/services/figure/area-days.ts'
import { areaFigures } from '../../../server/services/figure/area-figures.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { listFigureEvidence } from '../../../server/services/figure/figure-evidence.ts'
import { rebuildOutages } from '../../../server/services/outage/rebuild-outages.ts'
import { startServices, type ServiceTest } from './deps.ts'
import {
  derive,
  devices,
  eventRow,
  forget,
  historiesFromScratch,
  readingRow,
  START_AT,
} from './outage-records.ts'

const DAY_MS = 86_400_000
const MINUTES_PER_DAY = 1440
const DAYS = 4
const PERIOD = { fromAt: START_AT, toAt: START_AT + DAYS * DAY_MS }
const AREAS = [
  { areaId: 'top', parentId: null },
  { areaId: 'a', parentId: 'top' },
  { areaId: 'b', parentId: 'top' },
]

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
  await test.deps.models.areas.create(
    AREAS.map(({ areaId, parentId }) => ({
      _id: areaId,
      name: areaId.toUpperCase(),
      kind: 'district',
      parent_id: parentId,
    })),
  )
})
afterAll(() => test?.stop())
beforeEach(() => forget(test.deps))

/** The same services at another moment. */
const asOf = (at: number): Deps => ({ ...test.deps, clock: { now: () => new Date(at) } })

const lives = fc.array(
  fc.record({
    device: fc.integer({ min: 0, max: devices.length - 1 }),
    minutes: fc.oneof(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 200, max: 1800 })),
    on: fc.boolean(),
    // Where it arrives among the others, whether those before it are derived first, and whether someone then asks.
    order: fc.integer(),
    pause: fc.boolean(),
    ask: fc.boolean(),
  }),
  { minLength: 4, maxLength: 24 },
)

type Life = typeof lives extends fc.Arbitrary<infer Steps> ? Steps : never

function rowsOf(life: Life) {
  const clocks = devices.map(() => 100)
  const seqs = devices.map(() => 0)
  const readings = life.flatMap(({ device: index, minutes, on, ...arrival }) => {
    const device = devices[index]
    if (!device) return []
    const measured = Math.max(0, (clocks[index] ?? 0) + minutes)
    clocks[index] = measured
    const seq = (seqs[index] ?? 0) + 1
    seqs[index] = seq
    return [{ row: readingRow(device, seq, { minutes: measured, on, lateMinutes: 0 }), ...arrival }]
  })
  const quietly = { order: 0, pause: true, ask: true }
  const enrolled = devices.map((device) => ({ row: eventRow(device, 'enrolled', 0), ...quietly }))
  const [first, second] = devices
  const moved =
    first && second
      ? [
          { row: eventRow(first, 'suspended', 1500), ...quietly, order: 5 },
          { row: eventRow(first, 'resumed', 1800, 'b'), ...quietly, order: -5 },
          { row: eventRow(second, 'moved', 2000, 'b'), ...quietly, order: 7 },
        ]
      : []
  return [...readings, ...enrolled, ...moved].sort((a, b) => a.order - b.order)
}

async function expectAsFromScratch(asOfAt: number): Promise<void> {
  const { heartbeatMs } = test.deps.settings
  const history = outageHistory(await historiesFromScratch(test.deps), { asOfAt, heartbeatMs })
  const days = await areaDays(test.deps, ['a', 'b'], utcDays(PERIOD), { asOfAt, heartbeatMs })
  const expected = ['a', 'b'].flatMap((areaId) =>
    utcDays(PERIOD).map((day) => ({
      areaId,
      day,
      sums: sumsByArea(history, day).get(areaId) ?? noSums(),
    })),
  )
  expect(days).toEqual(expected)
}

it('keeps sums of days that are those from all records at once, whatever arrives after they were asked for', async () => {
  let kept = 0
  await fc.assert(
    fc.asyncProperty(
      lives,
      fc.integer({ min: 1, max: DAYS * MINUTES_PER_DAY }),
      async (life, minutes) => {
        await forget(test.deps)
        for (const { row, pause, ask } of rowsOf(life)) {
          await test.deps.models.records.create([row])
          if (pause) await derive(test.deps)
          if (pause && ask) await expectAsFromScratch(PERIOD.toAt + DAY_MS)
        }
        await derive(test.deps)
        await expectAsFromScratch(PERIOD.toAt + DAY_MS)
        kept += await test.deps.models.areaDays.countDocuments({ sums: { $ne: null } })
        await test.deps.models.areaDays.deleteMany({})
        await expectAsFromScratch(START_AT + minutes * 60_000)
      },
    ),
    { numRuns: 12 },
  )
  expect(kept).toBeGreaterThan(0)
}, 60_000)

const at = (day: number, hour: number): number => (day * 24 + hour) * 60
const readingsOf = (device: (typeof devices)[number], said: readonly [number, boolean][]) =>
  said.map(([minutes, on], index) => readingRow(device, index + 1, { minutes, on, lateMinutes: 0 }))

/** One device for 100 customers in `a`, off for an hour of the first day; one in `b`, on throughout. */
async function twoDays(): Promise<void> {
  const [one, two] = devices
  if (!one || !two) throw new Error('expected two devices')
  const heartbeats: [number, boolean][] = []
  for (let minutes = 0; minutes < 2 * MINUTES_PER_DAY; minutes += 30)
    heartbeats.push([minutes, true])
  const off = heartbeats.map(([minutes]): [number, boolean] => [
    minutes,
    minutes < at(0, 2) || minutes >= at(0, 3),
  ])
  await test.deps.models.records.create([
    eventRow(one, 'enrolled', 0),
    eventRow(two, 'enrolled', 0, 'b'),
    ...readingsOf(one, off),
    ...readingsOf(two, heartbeats),
  ])
  await derive(test.deps)
}

const known = (value: number) => ({ value, unknown: null })
const QUERY = { from: '2026-09-01', to: '2026-09-03', interval: 'day' } as const

it('answers figures of an area with all below it, by day and of each below, as of one moment', async () => {
  await twoDays()
  const answer = await areaFigures(asOf(START_AT + 10 * DAY_MS), 'top', QUERY)
  expect(reliabilitySchema.parse(answer)).toEqual(answer)
  const [one, two] = devices.map(({ facts }) => facts.customers_served)
  const customers = (one ?? 0) + (two ?? 0)
  const saidi = (60 * (one ?? 0)) / customers
  expect(answer.total).toMatchObject({
    saifi: known((one ?? 0) / customers),
    saidi: known(saidi),
    customers_served: known(customers),
  })
  expect(answer.as_of).toBe('2026-09-11T00:00:00Z')
  expect(answer.intervals.map(({ from, to, figures }) => [from, to, figures.saidi.value])).toEqual([
    ['2026-09-01T00:00:00Z', '2026-09-02T00:00:00Z', saidi],
    ['2026-09-02T00:00:00Z', '2026-09-03T00:00:00Z', 0],
  ])
  expect(answer.areas.map(({ area_id, figures }) => [area_id, figures.saidi.value])).toEqual([
    ['a', 60],
    ['b', 0],
  ])
  const months = await areaFigures(asOf(START_AT + 10 * DAY_MS), 'top', {
    ...QUERY,
    from: '2026-08-30',
    interval: 'month',
  })
  expect(months.intervals.map(({ from, to, figures }) => [from, to, figures.saidi])).toEqual([
    ['2026-08-30T00:00:00Z', '2026-09-01T00:00:00Z', { value: null, unknown: 'no_devices' }],
    ['2026-09-01T00:00:00Z', '2026-09-03T00:00:00Z', known(saidi)],
  ])
})

it('knows nothing after the first record that outages do not follow from yet', async () => {
  await twoDays()
  const [one] = devices
  if (!one) throw new Error('expected a device')
  await test.deps.models.records.create([
    readingRow(one, 1000, { minutes: at(2, 1), on: true, lateMinutes: 0 }),
  ])
  const { as_of } = await areaFigures(asOf(START_AT + 10 * DAY_MS), 'top', QUERY)
  expect(as_of).toBe('2026-09-03T01:00:00Z')
})

it('keeps nothing of days before anything was in service, or of a day that time still changes', async () => {
  await twoDays()
  await areaFigures(asOf(START_AT + 2 * DAY_MS + 60_000), 'top', { ...QUERY, from: '2026-08-01' })
  const kept = await test.deps.models.areaDays.find().sort({ _id: 1 }).lean()
  expect(kept.map(({ _id }) => _id)).toEqual(['a.2026-09-01', 'b.2026-09-01'])
})

it('forgets the days a late record changes, and no others', async () => {
  await twoDays()
  const soon = asOf(START_AT + 10 * DAY_MS)
  await areaFigures(soon, 'top', QUERY)
  const [one] = devices
  if (!one) throw new Error('expected a device')
  const last = readingRow(one, 1000, { minutes: at(9, 0), on: true, lateMinutes: 0 })
  await test.deps.models.records.create([last])
  await derive(test.deps)
  const ids = async () =>
    (await test.deps.models.areaDays.find().sort({ _id: 1 }).lean()).map(({ _id }) => _id)
  // It was silent on both sides of midnight before, and is silent now.
  expect(await ids()).toEqual(['a.2026-09-01', 'a.2026-09-02', 'b.2026-09-01', 'b.2026-09-02'])
  const late = readingRow(one, 97, { minutes: at(1, 23) + 50, on: true, lateMinutes: 0 })
  await test.deps.models.records.create([late])
  await derive(test.deps)
  expect(await ids()).toEqual(['a.2026-09-01', 'b.2026-09-01', 'b.2026-09-02'])
})

it('counts a day anew where what ends on the next becomes momentary, or is no longer local', async () => {
  const [one, two, three] = devices
  if (!one || !two || !three) throw new Error('expected three devices')
  const sumsOfFirstDay = async () => {
    await derive(test.deps)
    const day = { fromAt: START_AT, toAt: START_AT + DAY_MS }
    await expectAsFromScratch(PERIOD.toAt + DAY_MS)
    const asOfNow = { asOfAt: PERIOD.toAt + DAY_MS, heartbeatMs: test.deps.settings.heartbeatMs }
    const [found] = await areaDays(test.deps, ['a'], [day], asOfNow)
    return found?.sums
  }
  const said = (device: typeof one, seq: number, minutes: number, on: boolean) =>
    readingRow(device, seq, { minutes, on, lateMinutes: 0 })
  const { records } = test.deps.models
  await records.create([
    ...devices.map((device) => eventRow(device, 'enrolled', 0)),
    said(one, 1, at(0, 23) + 58, false),
    said(one, 3, at(1, 1), true),
    // Long enough that a house off beside it at its beginning makes a day it reaches into no longer local.
    said(two, 1, at(0, 12), false),
    said(two, 2, at(1, 12), true),
    ...Array.from({ length: 96 }, (_, index) => said(three, 10 * (index + 1), 30 * index, true)),
  ])
  const customers = (device: typeof one) => device.facts.customers_served
  expect(await sumsOfFirstDay()).toMatchObject({
    sustained: customers(one),
    momentary: 0,
    localSustained: customers(two),
  })
  await records.create([said(one, 2, at(1, 0) + 1, true)])
  expect(await sumsOfFirstDay()).toMatchObject({ sustained: 0, momentary: customers(one) })
  await records.create([
    said(three, 251, at(0, 12) + 1, false),
    said(three, 252, at(0, 12) + 3, true),
  ])
  expect(await sumsOfFirstDay()).toMatchObject({
    sustained: customers(two),
    momentary: customers(one) + customers(three),
    localSustained: 0,
  })
})

it('does not keep a day that changed while it was computed', async () => {
  await twoDays()
  const { models } = test.deps
  let interrupt = async (): Promise<void> => {
    const [one] = devices
    if (!one) throw new Error('expected a device')
    interrupt = () => Promise.resolve()
    await models.records.create([
      readingRow(one, 97, { minutes: at(1, 23) + 50, on: false, lateMinutes: 0 }),
    ])
    await derive(test.deps)
  }
  const outages = new Proxy(models.outages, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name !== 'find' || typeof member !== 'function') return member
      return (...given: unknown[]) => {
        const query = Reflect.apply(member, target, given)
        const lean = query.lean.bind(query)
        query.lean = async () => {
          const rows = await lean()
          await interrupt()
          return rows
        }
        return query
      }
    },
  })
  const reader = { ...asOf(START_AT + 10 * DAY_MS), models: { ...models, outages } }
  await areaFigures(reader, 'a', QUERY)
  const second = await models.areaDays.findById('a.2026-09-02').lean()
  expect(second).toBeNull()
})

it('computes all again after a rebuild', async () => {
  await twoDays()
  const later = asOf(START_AT + 10 * DAY_MS)
  const before = await areaFigures(later, 'top', QUERY)
  await rebuildOutages(test.deps)
  await derive(test.deps)
  expect(await test.deps.models.areaDays.countDocuments()).toBe(0)
  expect(await areaFigures(later, 'top', QUERY)).toEqual(before)
})

it('refuses periods without days, or of more than a year, and areas that do not exist', async () => {
  const code = (query: { from?: string; to?: string }, area = 'top') =>
    areaFigures(test.deps, area, query).catch((error) => error.code)
  expect(await code({ from: '2026-09-02', to: '2026-09-02' })).toBe('malformed')
  expect(await code({ from: '2024-09-02', to: '2026-09-02' })).toBe('malformed')
  expect(await code({}, 'nowhere')).toBe('not_found')
})

describe('the evidence of a figure', () => {
  const PAGE = { from: '2026-09-01', to: '2026-09-03', limit: 500 } as const
  type Asked = Omit<Parameters<typeof listFigureEvidence>[2], 'limit'> & { limit?: number }
  const later = () => asOf(START_AT + 10 * DAY_MS)

  async function allPages(area: string, asked: Asked): Promise<string[]> {
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await listFigureEvidence(later(), area, { ...PAGE, ...asked, cursor })
      found.push(...page.items)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return found
  }

  it.each(['saifi', 'saidi', 'caidi', 'maifi', 'asai', 'coverage'] as const)(
    'of %s is what the rules name, whatever the pages hold',
    async (figure) => {
      await twoDays()
      const { heartbeatMs } = test.deps.settings
      const asOfAt = START_AT + 10 * DAY_MS
      const history = outageHistory(await historiesFromScratch(test.deps), { asOfAt, heartbeatMs })
      const rows = await test.deps.models.records.find({ type: 'reading' }).sort({ seq: 1 }).lean()
      const leavesOf: LeavesOfReadings = (deviceId, first, last) =>
        rows.flatMap(({ _id, device_id, seq = 0 }) =>
          device_id === deviceId && seq >= (first ?? 0) && seq <= (last ?? Infinity) ? [_id] : [],
        )
      const areaIds = new Set(['top', 'a', 'b'])
      const period = { fromAt: START_AT, toAt: START_AT + 2 * DAY_MS }
      const expected = new Set(leafHashesBehind(figure, history, { areaIds, period, leavesOf }))
      expect(expected.size).toBeGreaterThan(1)
      for (const limit of [1, 2, 500])
        expect(new Set(await allPages('top', { figure, limit }))).toEqual(expected)
    },
  )

  it('refuses a cursor of another list', async () => {
    const asked = { ...PAGE, figure: 'saidi', cursor: 'elsewhere' } as const
    await expect(listFigureEvidence(later(), 'top', asked)).rejects.toMatchObject({
      code: 'malformed',
    })
  })
})
