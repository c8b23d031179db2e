import { breaksAsOf } from './breaks.ts'
import type { DeviceHistory } from './interruptions.ts'
import { overlap, upTo, wholeSecond, type Period } from './periods.ts'
import type { PlacedReading } from './readings.ts'
import { spanPeriod } from './service.ts'

export type IntervalState = 'on' | 'off' | 'silent' | 'out_of_service'

/** A stretch of one state. `open`: it ends only because nothing later is known. Times in ms since 1970. */
export interface Interval extends Period {
  state: IntervalState
  open: boolean
  /** Rests on the device's readings of these numbers and between; null is without bound. */
  firstSeq: number | null
  lastSeq: number | null
}

/** Breaks as they stand, with what is on between them: every moment up to `asOfAt` once. */
function lineAsOf({ breaks }: DeviceHistory, asOfAt: number, heartbeatMs: number): Interval[] {
  const line: Interval[] = []
  let at = Number.NEGATIVE_INFINITY
  let lastSeq: number | null = null
  for (const one of breaksAsOf(breaks, asOfAt, heartbeatMs)) {
    if (one.fromAt > at) {
      const on = { fromAt: at, toAt: one.fromAt, firstSeq: lastSeq, lastSeq: one.firstSeq }
      line.push({ state: 'on', open: false, ...on })
    }
    line.push(one)
    at = one.toAt
    lastSeq = one.lastSeq
  }
  if (at < asOfAt) {
    line.push({
      state: 'on',
      fromAt: at,
      toAt: asOfAt,
      open: true,
      firstSeq: lastSeq,
      lastSeq: null,
    })
  }
  return line
}

/** The part of an interval inside a period; one of no length stays if it began there. */
function within(interval: Interval, { fromAt, toAt }: Period): Interval[] {
  if (interval.fromAt === interval.toAt)
    return interval.fromAt >= fromAt && interval.fromAt < toAt ? [interval] : []
  const part = overlap(interval, { fromAt, toAt })
  if (!part) return []
  return [{ ...interval, ...part, open: interval.open && part.toAt === interval.toAt }]
}

/**
 * The intervals of a device in a period, in order: they never overlap and cover it exactly, up to `asOfAt`. Only an
 * interruption that began and ended in one second has no length.
 */
export function intervalsOf(
  device: DeviceHistory,
  { period, asOfAt, heartbeatMs }: { period: Period; asOfAt: number; heartbeatMs: number },
): Interval[] {
  const knownUntilAt = wholeSecond(asOfAt)
  const whole = upTo(period, knownUntilAt)
  const line = lineAsOf(device, knownUntilAt, heartbeatMs)
  const intervals: Interval[] = []
  let at = whole.fromAt
  const idleUntil = (toAt: number, open: boolean) => {
    if (toAt <= at) return
    const bounds = { fromAt: at, toAt, open, firstSeq: null, lastSeq: null }
    intervals.push({ state: 'out_of_service', ...bounds })
  }
  for (const span of device.service) {
    const served = overlap(spanPeriod(span), whole)
    if (!served) continue
    idleUntil(served.fromAt, false)
    intervals.push(...line.flatMap((one) => within(one, served)))
    at = served.toAt
  }
  idleUntil(whole.toAt, whole.toAt === knownUntilAt)
  return intervals
}

/**
 * The leaf hashes an interval rests on, from the readings of its device in order of number. A long stretch on rests on those
 * measured in it and the nearest to either side; any other on all between its bounds. The OFF that ends a stretch on is
 * named by the interval it begins.
 */
export function leafHashesOf(
  { state, fromAt, toAt, firstSeq, lastSeq }: Interval,
  readings: readonly PlacedReading[],
): string[] {
  if (state === 'out_of_service') return []
  const inRange = readings.filter(
    ({ seq }) => seq >= (firstSeq ?? 0) && seq <= (lastSeq ?? Number.POSITIVE_INFINITY),
  )
  if (state !== 'on') return inRange.map(({ leafHash }) => leafHash)
  const before = inRange.filter(({ placedAt }) => placedAt < fromAt).at(-1)
  const inside = inRange.filter(({ placedAt }) => placedAt >= fromAt && placedAt <= toAt)
  const after = inRange.find(({ placedAt }) => placedAt > toAt)
  return [before ?? [], inside, after ?? []].flat().map(({ leafHash }) => leafHash)
}
