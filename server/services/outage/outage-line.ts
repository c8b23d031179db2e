import {
  interruptionsOf,
  reviseDevice,
  windowAround,
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

function note<Row>(
  { removed, added }: KeyedChange<Row>,
  change: { removed: Row[]; added: Row[] },
  keyOf: (row: Row) => string,
): void {
  for (const row of change.removed) {
    const key = keyOf(row)
    // What an earlier reading of the same round put in was never there before.
    if (!added.delete(key) && !removed.has(key)) removed.set(key, row)
  }
  for (const row of change.added) added.set(keyOf(row), row)
}

function merged(held: PlacedReading[], placed: readonly PlacedReading[]): PlacedReading[] {
  const last = held.at(-1)?.seq ?? 0
  if (placed.every(({ seq }) => seq > last)) return [...held, ...placed]
  const bySeq = new Map([...held, ...placed].map((reading) => [reading.seq, reading]))
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}

/** Puts readings into the window of their device, one after the other. */
export function reviseLine(
  deviceId: string,
  window: readonly PlacedReading[],
  arriving: readonly OutageReading[],
  heartbeatMs: number,
): LineChange {
  const change: LineChange = {
    placed: new Map(),
    breaks: { removed: new Map(), added: new Map() },
    gaps: { removed: new Map(), added: new Map() },
    held: [...window],
  }
  for (const reading of arriving.toSorted((a, b) => a.seq - b.seq)) {
    const revision = reviseDevice(windowAround(change.held, reading), reading, heartbeatMs)
    note(change.breaks, revision.breaks, (one) => breakKey(deviceId, one))
    note(change.gaps, revision.gaps, (gap) => gapKey(deviceId, gap))
    for (const one of revision.placed) change.placed.set(one.seq, one)
    change.held = merged(change.held, revision.placed)
  }
  return change
}

/** From the last ON reading to the last: what the next reading is judged by. */
export function tailOf(held: readonly PlacedReading[]): PlacedReading[] {
  return held.slice(
    Math.max(
      0,
      held.findLastIndex(({ on }) => on),
    ),
  )
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
