import { breaksAsOf, type StandingBreak } from './breaks.ts'
import { durationClass, type DurationClass } from './events.ts'
import type { Index } from './figures.ts'
import { interruptionKey, interruptionsOf } from './interruptions.ts'
import { overlap, upTo, type Period } from './periods.ts'
import { spanPeriod } from './service.ts'
import { isLocal, keysOf, type OutageHistory } from './sums.ts'

/** Leaf hashes of a device's readings from one number to another, both included; null is without bound. */
export type LeavesOfReadings = (
  deviceId: string,
  firstSeq: number | null,
  lastSeq: number | null,
) => Iterable<string>

/** Interruptions that an index counts by their beginning in the period. */
const COUNTS = {
  saifi: 'sustained',
  maifi: 'momentary',
  caidi: 'sustained',
  saidi: null,
  asai: null,
  coverage: null,
} as const satisfies Record<Index | 'coverage', DurationClass | null>

/** Breaks whose time a figure sums. */
const SUMS_TIME = {
  saifi: null,
  maifi: null,
  caidi: 'off',
  saidi: 'off',
  asai: 'off',
  coverage: 'silent',
} as const satisfies Record<Index | 'coverage', StandingBreak['state'] | null>

interface Selection {
  /** The area and all below it. */
  areaIds: ReadonlySet<string>
  period: Period
  leavesOf: LeavesOfReadings
}

/** Device events behind what was served, and readings behind the time summed. */
function* behindTime(
  figure: Index | 'coverage',
  { devices, events, asOfAt, heartbeatMs }: OutageHistory,
  { areaIds, period, leavesOf }: Selection,
): Generator<string> {
  const local = isLocal(events)
  for (const device of devices) {
    const { deviceId, service, breaks } = device
    const locals = keysOf(interruptionsOf(device).filter(local))
    const served = service.flatMap((span) => {
      const part = overlap(spanPeriod(span), upTo(period, asOfAt))
      return areaIds.has(span.areaId) && part ? [{ part, leafHash: span.leafHash }] : []
    })
    for (const { leafHash } of served) yield leafHash
    for (const one of served.length > 0 ? breaksAsOf(breaks, asOfAt, heartbeatMs) : []) {
      const { state, firstSeq, lastSeq } = one
      if (state !== SUMS_TIME[figure] || !served.some(({ part }) => overlap(one, part))) continue
      if (state === 'off' && locals.has(interruptionKey({ deviceId, firstSeq }))) continue
      yield* leavesOf(deviceId, firstSeq, lastSeq)
    }
  }
}

/**
 * The leaf hashes a figure rests on, one after the other as they are asked for: the device events behind the customers or
 * devices served, then the readings behind every interruption counted, every minute off or, for coverage, every silence.
 * A hash may come more than once.
 */
export function* leafHashesBehind(
  figure: Index | 'coverage',
  history: OutageHistory,
  selection: Selection,
): Generator<string> {
  yield* behindTime(figure, history, selection)
  const { fromAt, toAt } = upTo(selection.period, history.asOfAt)
  const local = isLocal(history.events)
  for (const one of history.devices.flatMap(interruptionsOf)) {
    if (!selection.areaIds.has(one.areaId) || local(one)) continue
    const begins = one.countedAt >= fromAt && one.countedAt < toAt
    if (begins && durationClass(one, history.asOfAt) === COUNTS[figure])
      yield* selection.leavesOf(one.deviceId, one.firstSeq, one.lastSeq)
  }
}
