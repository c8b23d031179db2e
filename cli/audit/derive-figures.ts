import {
  deviceFindings,
  figuresOf,
  noSums,
  outageHistory,
  rollUp,
  serviceSpans,
  sumsByArea,
  type AreaNode,
  type DeviceHistory,
  type Figures,
  type LedgerDeviceEvent,
  type NumberingGap,
  type OutageEvent,
  type Period,
} from '../../shared/outage/index.ts'
import { wholeSecond } from '../../shared/outage/periods.ts'
import type { CondensedReadings } from './condensed-readings.ts'
import { monthsOf } from './months.ts'

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
  /** Those that begin in the period, by area, then in order of start. */
  outages: OutageEvent[]
  /** The figures of an audited area with all below it, of another period, as of another moment. */
  figuresIn(areaId: string, period: Period, asOfAt: number): Figures
}

interface Asked {
  areaId: string
  /** The area, with all below it that were audited. */
  tree: readonly AreaNode[]
  period: Period
  asOfAt: number
  heartbeatMs: number
}

/** What the ledgers tell of devices: their events by device, and their readings. */
export interface Told {
  events: ReadonlyMap<string, readonly LedgerDeviceEvent[]>
  readings: Pick<CondensedReadings, 'byDevice'>
}

/** Outages and figures of an area and all below it from what their ledgers tell, by docs/formats/outage-rules.md. */
export function deriveFigures(
  told: Told,
  { areaId, tree, period, asOfAt, heartbeatMs }: Asked,
): Derived {
  const { devices, gaps } = deviceHistories(told, heartbeatMs)
  const history = outageHistory(devices, { asOfAt, heartbeatMs })
  const figuresIn = (of: string, part: Period, at: number): Figures => {
    const own = sumsByArea({ ...history, asOfAt: wholeSecond(at) }, part)
    return figuresOf(rollUp(tree, own).get(of) ?? noSums(), part, at)
  }
  const withPeriod = (part: Period): PeriodFigures => ({
    period: part,
    figures: figuresIn(areaId, part, asOfAt),
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

/** Of a device's readings only what follows from them is kept. */
function deviceHistories(
  { events, readings }: Told,
  heartbeatMs: number,
): { devices: DeviceHistory[]; gaps: DeviceGap[] } {
  const gaps: DeviceGap[] = []
  const breaks = new Map<string, DeviceHistory['breaks']>()
  for (const { deviceId, readings: ofDevice } of readings.byDevice()) {
    const found = deviceFindings(ofDevice, heartbeatMs)
    breaks.set(deviceId, found.breaks)
    for (const { kind, afterSeq, beforeSeq, missing } of found.gaps)
      gaps.push({ deviceId, kind, afterSeq, beforeSeq, missing })
  }
  const unheard = deviceFindings([], heartbeatMs).breaks
  const devices = Array.from(events, ([deviceId, ofDevice]) => ({
    deviceId,
    service: serviceSpans(ofDevice),
    breaks: breaks.get(deviceId) ?? unheard,
  }))
  return { devices, gaps }
}
