import { breaksAlong, type Break } from './breaks.ts'
import { gapsAlong, type NumberingGap } from './gaps.ts'
import {
  claimedAt,
  place,
  standsBefore,
  type OutageReading,
  type PlacedReading,
} from './readings.ts'

/**
 * The readings around one that arrives, by number: all that a revision needs to see.
 * `before`: from the nearest ON reading of a lower number (none: from the first) up to the arriving number.
 * `same`: the one held with its number. `after`: from the next number up to the first that `settles` (none: to the last).
 */
export interface DeviceWindow {
  before: readonly PlacedReading[]
  same: PlacedReading | null
  after: readonly PlacedReading[]
}

interface Change<Row> {
  removed: Row[]
  added: Row[]
}

/** What one reading changes about its device: rows to take out and rows to put in. */
export interface DeviceRevision {
  /** Readings that are new or placed anew, by number; a number already held is replaced. */
  placed: PlacedReading[]
  breaks: Change<Break>
  gaps: Change<NumberingGap>
}

/** Nothing after this reading depends on the arriving one: it says ON, and neither it nor any before it holds it back. */
export const settles = (reading: PlacedReading, arriving: OutageReading): boolean =>
  reading.on && reading.placedAt === claimedAt(reading) && reading.placedAt >= claimedAt(arriving)

/** Rows of one list that the other lacks; rows are plain values. */
function difference<Row>(rows: readonly Row[], others: readonly Row[]): Row[] {
  const known = new Set(others.map((row) => JSON.stringify(row)))
  return rows.filter((row) => !known.has(JSON.stringify(row)))
}

const changeOf = <Row>(before: readonly Row[], after: readonly Row[]): Change<Row> => ({
  removed: difference(before, after),
  added: difference(after, before),
})

/**
 * What an arriving reading changes, late or out of order as it may be. Derives the window with and without it and takes the
 * difference, so whatever the window cuts off at its ends cancels out; the cost is that of the window, not of the history.
 */
export function reviseDevice(
  { before, same, after }: DeviceWindow,
  arriving: OutageReading,
  heartbeatMs: number,
): DeviceRevision {
  if (same && !standsBefore(arriving, same)) {
    return { placed: [], breaks: { removed: [], added: [] }, gaps: { removed: [], added: [] } }
  }
  const held = [...before, ...(same ? [same] : []), ...after]
  const placed = [...before, ...place([arriving, ...after], before.at(-1)?.placedAt)]
  return {
    placed: difference(placed, held),
    breaks: changeOf(breaksAlong(held, heartbeatMs), breaksAlong(placed, heartbeatMs)),
    gaps: changeOf(gapsAlong(held), gapsAlong(placed)),
  }
}

/** Index of the first reading whose number is at least `seq`. */
function indexOfSeq(readings: readonly PlacedReading[], seq: number): number {
  let low = 0
  let high = readings.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const reading = readings[middle]
    if (reading && reading.seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

/** Cuts the window around an arriving reading out of the readings of its device, placed and in order of number. */
export function windowAround(
  readings: readonly PlacedReading[],
  arriving: OutageReading,
): DeviceWindow {
  const index = indexOfSeq(readings, arriving.seq)
  const found = readings[index]
  const same = found?.seq === arriving.seq ? found : null
  let first = Math.max(0, index - 1)
  while (first > 0 && !readings[first]?.on) first -= 1
  const next = same ? index + 1 : index
  const after: PlacedReading[] = []
  for (let at = next; at < readings.length; at += 1) {
    const reading = readings[at]
    if (reading) after.push(reading)
    if (reading && settles(reading, arriving)) break
  }
  return { before: readings.slice(first, index), same, after }
}
