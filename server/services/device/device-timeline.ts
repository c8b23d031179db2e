import {
  MAX_TIMELINE_INTERVALS,
  type Timeline,
  type TimelineInterval,
} from '../../../shared/api/timeline.ts'
import { parseJson } from '../../../shared/json.ts'
import {
  intervalsOf,
  leafHashesOf,
  OUTAGE_RULES_VERSION,
  periodOf,
  serviceSpans,
  type Interval,
  type Period,
  type PlacedReading,
  type ServiceSpan,
} from '../../../shared/outage/index.ts'
import { wholeSecond } from '../../../shared/outage/periods.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import { secondText } from '../api-times.ts'
import type { Deps } from '../deps.ts'
import { lineInPeriod } from './device-readings.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { findDeviceRow } from './record-device-event.ts'

const MS_PER_S = 1000
const DEFAULT_PERIOD_MS = 7 * 86_400_000
/** Readings one answer is made from: half a year of heartbeats. */
const MAX_READINGS = 20_000
/** Most contradictions shown; the first ones tell all there is to tell. */
const MAX_EQUIVOCATIONS = 100

interface TimelineQuery {
  from?: string | undefined
  to?: string | undefined
}

/** `GET /devices/{id}/timeline`. Throws `not_found`, `malformed` for a period that is empty, or `record_damaged`. */
export async function deviceTimeline(
  deps: Deps,
  deviceId: string,
  query: TimelineQuery,
): Promise<Timeline> {
  await findDeviceRow(deps, deviceId)
  const { heartbeatMs } = deps.settings
  const asOfAt = wholeSecond(deps.clock.now().getTime())
  const asked = askedPeriod(query, asOfAt)
  const line = await lineInPeriod(deps, deviceId, {
    period: asked,
    heartbeatMs,
    limit: MAX_READINGS,
  })
  const period = line.cutAt === null ? asked : { ...asked, toAt: line.cutAt }
  const service = await serviceOf(deps, deviceId)
  const history = { deviceId, service, breaks: line.breaks }
  const intervals = intervalsOf(history, { period, asOfAt, heartbeatMs })
  const shown = intervals.slice(0, MAX_TIMELINE_INTERVALS)
  const endAt = intervals[MAX_TIMELINE_INTERVALS]?.fromAt ?? period.toAt
  const placedAt = new Map(line.readings.map((reading) => [reading.seq, reading.placedAt]))
  return {
    device_id: deviceId,
    rules: OUTAGE_RULES_VERSION,
    heartbeat_seconds: heartbeatMs / MS_PER_S,
    from: secondText(asked.fromAt),
    to: secondText(asked.toAt),
    as_of: secondText(asOfAt),
    intervals: shown.map((interval) => asInterval(interval, line.readings)),
    gaps: line.gaps.flatMap((gap) => {
      const at = placedAt.get(gap.beforeSeq) ?? 0
      if (at < asked.fromAt || at >= endAt) return []
      return [
        {
          kind: gap.kind,
          at: secondText(at),
          after_seq: gap.afterSeq,
          before_seq: gap.beforeSeq,
          missing: gap.missing,
          leaf_hashes: gap.leafHashes,
        },
      ]
    }),
    equivocations: await equivocationsIn(deps, deviceId, asked),
    next_from: endAt < asked.toAt ? secondText(endAt) : null,
  }
}

function askedPeriod({ from, to }: TimelineQuery, asOfAt: number): Period {
  const toAt = to === undefined ? asOfAt : wholeSecond(Date.parse(to))
  return periodOf(
    from === undefined ? toAt - DEFAULT_PERIOD_MS : wholeSecond(Date.parse(from)),
    toAt,
  )
}

/** Where a long stretch has many readings, the first and the last of them. */
function asInterval(interval: Interval, readings: readonly PlacedReading[]): TimelineInterval {
  const leafHashes = leafHashesOf(interval, readings)
  return {
    state: interval.state,
    from: secondText(interval.fromAt),
    to: secondText(interval.toAt),
    open: interval.open,
    first_leaf_hash: leafHashes[0] ?? null,
    last_leaf_hash: leafHashes.at(-1) ?? null,
  }
}

async function serviceOf({ models }: Deps, deviceId: string): Promise<ServiceSpan[]> {
  const rows = await models.records
    .find({ type: 'device_event', device_id: deviceId })
    .sort({ ordered_at: 1 })
    .lean()
  return serviceSpans(
    rows.flatMap((row) => {
      expectIntact(row)
      const record = parseRecord(parseJson(row.body))
      return record.type === 'device_event' ? [{ record, leafHash: row._id }] : []
    }),
  )
}

async function equivocationsIn({ models }: Deps, deviceId: string, { fromAt, toAt }: Period) {
  const rows = await models.equivocations
    .find({
      device_id: deviceId,
      received_at: { $gte: new Date(fromAt), $lt: new Date(toAt) },
    })
    .sort({ seq: 1 })
    .limit(MAX_EQUIVOCATIONS)
    .lean()
  return rows.map(({ seq, received_at }) => ({ seq, received_at: received_at.toISOString() }))
}
