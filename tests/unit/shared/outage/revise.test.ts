import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changing,
  deviceLine,
  interruptionsOf,
  intervalsOf,
  periodOf,
  reviseDevice,
  type DeviceLine,
  tailOf,
  type Interruption,
  type OutageReading,
  type PlacedReading,
} from '../../../../shared/outage/index.ts'
import { byStart } from '../../../../shared/outage/events.ts'
import { inOrder, place } from '../../../../shared/outage/readings.ts'
import { at, HEARTBEAT_MS, MINUTE_MS, said, serves } from './story.ts'
import { windowAround } from './window.ts'

const byText = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

/** Keeps rows as a database would: takes out what a revision removes, puts in what it adds. */
function applied<Row>(rows: Row[], { removed, added }: { removed: Row[]; added: Row[] }): Row[] {
  const gone = new Set(removed.map((row) => JSON.stringify(row)))
  const kept = rows.filter((row) => !gone.has(JSON.stringify(row)))
  expect(kept).toHaveLength(rows.length - removed.length)
  return [...kept, ...added]
}

function tell(line: DeviceLine, ...arriving: OutageReading[]): DeviceLine {
  const { placed, breaks, gaps } = reviseDevice(
    windowAround(line.readings, arriving),
    arriving,
    HEARTBEAT_MS,
  )
  const anew = new Map(placed.map((one) => [one.seq, one]))
  const kept = line.readings.filter(({ seq }) => !anew.has(seq))
  return {
    readings: [...kept, ...placed].sort((a, b) => a.seq - b.seq),
    breaks: applied(line.breaks, breaks),
    gaps: applied(line.gaps, gaps),
  }
}

const sameRows = (line: DeviceLine, rebuilt: DeviceLine) => {
  expect(line.readings).toEqual(rebuilt.readings)
  expect(byText(line.breaks)).toEqual(byText(rebuilt.breaks))
  expect(byText(line.gaps)).toEqual(byText(rebuilt.gaps))
}

/** Readings of a device as it lives: numbers may be lost or used again, clocks set back or far ahead, chains broken. */
const lives = fc
  .array(
    fc.record({
      minutes: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }) },
        { weight: 1, arbitrary: fc.integer({ min: -90, max: -1 }) },
        { weight: 1, arbitrary: fc.constant(100_000) },
      ),
      on: fc.boolean(),
      boot: fc.option(fc.integer({ min: -200, max: 5 }), { nil: null, freq: 4 }),
      skip: fc.constantFrom(0, 1, 1, 1, 1, 3),
      lateMinutes: fc.constantFrom(0, 0, 0, 30, 600),
      broken: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 25 },
  )
  .map((steps) => {
    let measuredAt = at('00:00')
    let seq = 1
    return steps.map(({ minutes, on, boot, skip, lateMinutes, broken }, index) => {
      seq += skip
      const ahead = minutes > 1000
      measuredAt += ahead ? 0 : minutes * MINUTE_MS
      const claimed = ahead ? measuredAt + minutes * MINUTE_MS : measuredAt
      return said(seq, '00:00', on ? 'ON' : 'OFF', {
        measuredAt: claimed,
        receivedAt: measuredAt + lateMinutes * MINUTE_MS,
        boot: boot !== null,
        offSinceAt: boot === null ? null : claimed + boot * MINUTE_MS,
        previous: broken ? 'another' : `digest ${seq - 1}`,
        leafHash: `leaf ${index}`,
      })
    })
  })

/** In any order, some of them more than once. */
const told = lives.chain((readings) =>
  fc
    .shuffledSubarray(readings)
    .chain((again) =>
      fc.shuffledSubarray([...readings, ...again], { minLength: readings.length + again.length }),
    )
    .map((arrivals) => ({ readings, arrivals })),
)

const line = (readings: readonly OutageReading[]) => deviceLine(readings, HEARTBEAT_MS)

describe('a device told reading by reading', () => {
  it('is the device rebuilt from them all, in whatever order and however often they come', () => {
    fc.assert(
      fc.property(told, ({ readings, arrivals }) => {
        sameRows(
          arrivals.reduce((told, reading) => tell(told, reading), line([])),
          line(readings),
        )
      }),
      { numRuns: 400 },
    )
  })

  it('is the same device when many come at once', () => {
    fc.assert(
      fc.property(told, fc.array(fc.nat(25)), ({ readings, arrivals }, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, arrivals.length)), arrivals.length]
        bounds.sort((a, b) => a - b)
        const groups = bounds.map((from, index) => arrivals.slice(from, bounds[index + 1] ?? from))
        sameRows(
          groups.reduce((told, group) => tell(told, ...group), line([])),
          line(readings),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('goes on from its tail, four readings at most, as from all of them', () => {
    fc.assert(
      fc.property(lives, (readings) => {
        let told = line([])
        let tail: PlacedReading[] = []
        for (const reading of place(inOrder(readings))) {
          const { breaks, gaps, held } = reviseDevice(tail, [reading], HEARTBEAT_MS)
          tail = tailOf(held)
          expect(tail.length).toBeLessThanOrEqual(4)
          told = {
            readings: [...told.readings, ...held.filter(({ seq }) => seq === reading.seq)],
            breaks: applied(told.breaks, breaks),
            gaps: applied(told.gaps, gaps),
          }
        }
        sameRows(told, line(readings))
      }),
      { numRuns: 400 },
    )
  })

  it('is not changed by a reading it has', () => {
    fc.assert(
      fc.property(lives, (readings) => {
        const before = line(readings)
        for (const reading of readings) expect(tell(before, reading)).toEqual(before)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the intervals of a device', () => {
  it('never overlap and cover the period exactly', () => {
    const moment = fc
      .integer({ min: 0, max: 3000 })
      .map((minutes) => at('00:00') + minutes * MINUTE_MS)
    fc.assert(
      fc.property(
        lives,
        fc.uniqueArray(moment, { minLength: 5, maxLength: 5 }),
        (readings, moments) => {
          const [a = 0, b = 0, c = 0, d = 0, asOfAt = 0] = moments
          const [first = 0, second = 0, third = 0, fourth = 0] = [a, b, c, d].sort((x, y) => x - y)
          const service = [serves({ fromAt: second, toAt: third })]
          const intervals = intervalsOf(
            { deviceId: 'D', service, breaks: line(readings).breaks },
            { period: periodOf(first, fourth), asOfAt, heartbeatMs: HEARTBEAT_MS },
          )
          let until = first
          for (const { fromAt, toAt } of intervals) {
            expect(fromAt).toBe(until)
            expect(toAt).toBeGreaterThanOrEqual(fromAt)
            until = toAt
          }
          expect(until).toBe(Math.max(first, Math.min(fourth, asOfAt)))
        },
      ),
    )
  })
})

describe('interruptions told change by change', () => {
  const service = [serves({ fromAt: at('00:00') - 10_000 * MINUTE_MS })]
  const off = (deviceId: string, breaks: DeviceLine['breaks']) =>
    interruptionsOf({ deviceId, service, breaks })

  it('are those of all readings, in order of start', () => {
    const arrivals = fc.array(lives, { minLength: 1, maxLength: 4 }).chain((devices) => {
      const all = devices.flatMap((readings, index) =>
        readings.map((reading) => ({ deviceId: `D${index}`, reading })),
      )
      return fc.shuffledSubarray(all, { minLength: all.length })
    })
    fc.assert(
      fc.property(arrivals, (tellings) => {
        const lines = new Map<string, DeviceLine>()
        let told: Interruption[] = []
        for (const { deviceId, reading } of tellings) {
          const before = lines.get(deviceId) ?? line([])
          const window = windowAround(before.readings, [reading])
          const { breaks } = reviseDevice(window, [reading], HEARTBEAT_MS)
          lines.set(deviceId, tell(before, reading))
          const changed = changing({
            removed: off(deviceId, breaks.removed),
            added: off(deviceId, breaks.added),
          })
          told = [...told.flatMap((one) => [...changed.upTo(one)]), ...changed.rest()]
        }
        const all = [...lines].flatMap(([id, { breaks }]) => off(id, breaks))
        expect(told).toEqual(all.sort(byStart))
      }),
    )
  })
})
