import { breaksAlong, type Break } from './breaks.ts'
import { gapsAlong, type NumberingGap } from './gaps.ts'
import { inOrder, place, type OutageReading, type PlacedReading } from './readings.ts'

interface Change<Row> {
  removed: Row[]
  added: Row[]
}

/** What some readings change about their device: rows to take out and rows to put in. */
export interface DeviceRevision {
  /** Readings that are new or placed anew, by number; a number already held is replaced. */
  placed: PlacedReading[]
  breaks: Change<Break>
  gaps: Change<NumberingGap>
  /** The window as it is now. */
  held: PlacedReading[]
}

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
 * What arriving readings change, late or out of order as they may be, of a device that holds a window of readings around
 * them, by number: from the nearest ON below the first of them (none: from the beginning), or the `tailOf` what is below,
 * up to the first above the last that says ON, is not held back by a clock, and comes no earlier than any of them (none: to
 * the end). Derives the window with and without them and takes the difference, so whatever it cuts off at its ends cancels
 * out; the cost is that of the window and the readings, not of the history.
 */
export function reviseDevice(
  window: readonly PlacedReading[],
  arriving: readonly OutageReading[],
  heartbeatMs: number,
): DeviceRevision {
  const firstSeq = arriving.reduce(
    (least, { seq }) => Math.min(least, seq),
    Number.POSITIVE_INFINITY,
  )
  const before = window.filter(({ seq }) => seq < firstSeq)
  const others = inOrder([...window.slice(before.length), ...arriving])
  const held = [...before, ...place(others, before.at(-1)?.placedAt)]
  return {
    placed: difference(held, window),
    breaks: changeOf(breaksAlong(window, heartbeatMs), breaksAlong(held, heartbeatMs)),
    gaps: changeOf(gapsAlong(window), gapsAlong(held)),
    held,
  }
}

/**
 * What of a device's readings all later ones are judged by: the last ON; of the OFF readings since, the first, that of the
 * earliest `off_since`, and the last. However long it is off, four readings.
 */
export function tailOf(held: readonly PlacedReading[]): PlacedReading[] {
  const lastOn = held.findLastIndex(({ on }) => on)
  const [first, ...others] = held.slice(Math.max(0, lastOn))
  if (!first) return []
  const off = first.on ? others : [first, ...others]
  const toldAt = ({ offSinceAt }: PlacedReading) => offSinceAt ?? Number.POSITIVE_INFINITY
  const earliest = off.reduce<PlacedReading | undefined>(
    (least, one) =>
      toldAt(one) < (least ? toldAt(least) : Number.POSITIVE_INFINITY) ? one : least,
    undefined,
  )
  const kept = new Set([first, off[0], earliest, others.at(-1)])
  return [first, ...others].filter((one) => kept.has(one))
}
