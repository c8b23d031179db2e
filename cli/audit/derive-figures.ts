import {
  deviceLine,
  figuresOf,
  noSums,
  outageHistory,
  periodOf,
  serviceSpans,
  sumsByArea,
  utcMonth,
  type DeviceHistory,
  type Figures,
  type NumberingGap,
  type OutageEvent,
  type Period,
} from '../../shared/outage/index.ts'
import type { AuditedDevice } from './device-registry.ts'

export interface DeviceGap extends Pick<
  NumberingGap,
  'kind' | 'afterSeq' | 'beforeSeq' | 'missing'
> {
  deviceId: string
}

export interface PeriodFigures {
  period: Period
  figures: Figures
}

export interface Derived {
  /** Each calendar month (UTC) that the period meets, cut to it. */
  months: PeriodFigures[]
  whole: PeriodFigures
  gaps: DeviceGap[]
  /** Those that begin in the period, in order of start. */
  outages: OutageEvent[]
  /** The figures of another period, as of another moment. */
  figuresIn(period: Period, asOfAt: number): Figures
}

interface Asked {
  areaId: string
  period: Period
  asOfAt: number
  heartbeatMs: number
}

/** Outages and figures of an area from what its ledger tells of its devices, by docs/formats/outage-rules.md. */
export function deriveFigures(
  devices: ReadonlyMap<string, AuditedDevice>,
  { areaId, period, asOfAt, heartbeatMs }: Asked,
): Derived {
  const gaps: DeviceGap[] = []
  const histories = Array.from(devices, ([deviceId, { events, readings }]): DeviceHistory => {
    // Of a device's readings only what follows from them is kept; the next device's take their room.
    const line = deviceLine(readings, heartbeatMs)
    for (const { kind, afterSeq, beforeSeq, missing } of line.gaps) {
      gaps.push({ deviceId, kind, afterSeq, beforeSeq, missing })
    }
    return { deviceId, service: serviceSpans(events), breaks: line.breaks }
  })
  const history = outageHistory(histories, { asOfAt, heartbeatMs })
  const figuresIn = (part: Period, at: number): Figures => {
    const sums = sumsByArea(outageHistory(histories, { asOfAt: at, heartbeatMs }), part)
    return figuresOf(sums.get(areaId) ?? noSums(), part, at)
  }
  const withPeriod = (part: Period): PeriodFigures => ({
    period: part,
    figures: figuresIn(part, asOfAt),
  })
  return {
    months: monthsOf(period).map(withPeriod),
    whole: withPeriod(period),
    gaps,
    outages: history.events.filter(
      ({ startedAt }) => startedAt >= period.fromAt && startedAt < period.toAt,
    ),
    figuresIn,
  }
}

/** The first moment of the calendar month (UTC) that a moment falls in. */
export const startOfMonth = (at: number): number => monthAround(at).fromAt

function monthAround(at: number): Period {
  const date = new Date(at)
  return utcMonth(date.getUTCFullYear(), date.getUTCMonth() + 1)
}

/** The calendar months (UTC) of a period in order; the first and the last may be cut. */
export function monthsOf({ fromAt, toAt }: Period): Period[] {
  const months: Period[] = []
  for (let at = fromAt; at < toAt;) {
    const end = Math.min(toAt, monthAround(at).toAt)
    months.push(periodOf(at, end))
    at = end
  }
  return months
}
