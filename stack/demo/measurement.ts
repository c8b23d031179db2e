import type { UnsignedReading } from '../../shared/reading/index.ts'
import type { Scenario, Site } from './scenario.ts'

/** What a sensor measured, before it is numbered in the chain and signed. */
export interface Measurement {
  site: Site
  /** 1 for the first of the sensor, then one more each. */
  seq: number
  /** Milliseconds since 1970, a whole second. */
  at: number
  status: UnsignedReading['power_status']
  reason: UnsignedReading['reason']
  offSinceAt?: number
}

type Event = Omit<Measurement, 'site' | 'seq'>

const SECOND_MS = 1000
const PHASE_DIGITS = 8

/**
 * Everything one sensor sends in a scenario, in order of time; the same every time.
 *
 * A sensor lives from the mains and holds out just long enough for one `last_gasp` when they fail. Then it is
 * quiet – which counts as off, not as silence (formats.md §8) – and the return of the mains starts it again: it
 * sends `boot`, saying since when it had none. One that begins without mains sends a `boot` OFF, as an installer
 * would have it do, and does not know since when.
 */
export function* measurementsOf(site: Site, scenario: Scenario): Generator<Measurement> {
  let seq = 0
  for (const event of eventsOf(site, scenario)) {
    seq += 1
    yield { site, seq, ...event }
  }
}

function* eventsOf(site: Site, { beginAt, endAt, heartbeatMs }: Scenario): Generator<Event> {
  const outages = site.interruptions.filter(
    (outage) => outage.startAt < endAt && outage.endAt > beginAt,
  )
  const goesOnAtBegin = outages.some(({ startAt }) => startAt <= beginAt)
  yield { at: beginAt, status: goesOnAtBegin ? 'OFF' : 'ON', reason: 'boot' }

  let onSince = beginAt
  for (const { startAt, endAt: returnAt } of outages) {
    if (startAt > beginAt) {
      yield* heartbeats(site, onSince, startAt, { beginAt, heartbeatMs })
      yield { at: startAt, status: 'OFF', reason: 'last_gasp' }
    }
    if (returnAt >= endAt) return
    const offSinceAt = startAt > beginAt ? startAt : undefined
    yield { at: returnAt, status: 'ON', reason: 'boot', offSinceAt }
    onSince = returnAt
  }
  yield* heartbeats(site, onSince, endAt, { beginAt, heartbeatMs })
}

/** Strictly between two moments, on the sensor's own clock: each has its phase, so that they do not come in bursts. */
function* heartbeats(
  site: Site,
  afterAt: number,
  beforeAt: number,
  { beginAt, heartbeatMs }: Pick<Scenario, 'beginAt' | 'heartbeatMs'>,
): Generator<Event> {
  const seconds = parseInt(site.deviceId.slice(0, PHASE_DIGITS), 16) % (heartbeatMs / SECOND_MS)
  const firstAt = beginAt + seconds * SECOND_MS
  const skipped = Math.max(0, Math.floor((afterAt - firstAt) / heartbeatMs) + 1)
  for (let at = firstAt + skipped * heartbeatMs; at < beforeAt; at += heartbeatMs) {
    yield { at, status: 'ON', reason: 'heartbeat' }
  }
}
