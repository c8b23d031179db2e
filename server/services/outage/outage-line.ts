import {
  interruptionsOf,
  reviseDevice,
  type Break,
  type Interruption,
  type NumberingGap,
  type OutageReading,
  type PlacedReading,
  type ServiceSpan,
} from '../../../shared/outage/index.ts'
import { breakKey, gapKey } from './outage-rows.ts'

/** Rows taken out and put in, by key: what a key held before, and what it holds now. */
export interface KeyedChange<Row> {
  removed: Map<string, Row>
  added: Map<string, Row>
}

/** What some readings change about their device, all told. */
export interface LineChange {
  placed: Map<number, PlacedReading>
  /** With the silence after the last reading, which is not stored. */
  breaks: KeyedChange<Break>
  gaps: KeyedChange<NumberingGap>
  /** The window as it is now, by number. */
  held: PlacedReading[]
}

const byKey = <Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row> =>
  new Map(rows.map((row) => [keyOf(row), row]))

/** Puts readings into the window of their device. */
export function reviseLine(
  deviceId: string,
  window: readonly PlacedReading[],
  arriving: readonly OutageReading[],
  heartbeatMs: number,
): LineChange {
  const { placed, breaks, gaps, held } = reviseDevice(window, arriving, heartbeatMs)
  const breakId = (one: Break) => breakKey(deviceId, one)
  const gapId = (gap: NumberingGap) => gapKey(deviceId, gap)
  return {
    placed: new Map(placed.map((one) => [one.seq, one])),
    breaks: { removed: byKey(breaks.removed, breakId), added: byKey(breaks.added, breakId) },
    gaps: { removed: byKey(gaps.removed, gapId), added: byKey(gaps.added, gapId) },
    held,
  }
}

/**
 * The interruptions a device no longer has and those it has now. `stored`: all its breaks where its service changed, else
 * none; what the change itself wrote of them, if it was cut short before, is left aside.
 */
export function interruptionChange(
  deviceId: string,
  { breaks }: Pick<LineChange, 'breaks'>,
  service: { before: readonly ServiceSpan[]; after: readonly ServiceSpan[] },
  stored: readonly Break[],
): { removed: Interruption[]; added: Interruption[] } {
  const untouched = stored.filter((one) => {
    const key = breakKey(deviceId, one)
    return !breaks.removed.has(key) && !breaks.added.has(key)
  })
  const within = (spans: readonly ServiceSpan[], changed: Iterable<Break>) =>
    interruptionsOf({ deviceId, service: spans, breaks: [...untouched, ...changed] })
  return {
    removed: within(service.before, breaks.removed.values()),
    added: within(service.after, breaks.added.values()),
  }
}
