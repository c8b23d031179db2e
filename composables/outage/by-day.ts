import type { Outage } from '../../shared/api/outages.ts'
import { wallClock } from '../chart/bands.ts'

const DATE_LENGTH = 10

export interface OutageDay {
  /** A moment of the day. */
  at: string
  outages: Outage[]
}

/** Outages by the day they started on, in their order. */
export function outagesByDay(outages: readonly Outage[], timeZone: string): OutageDay[] {
  const byDay = Map.groupBy(outages, ({ started_at }) =>
    new Date(wallClock(Date.parse(started_at), timeZone)).toISOString().slice(0, DATE_LENGTH),
  )
  return [...byDay.values()].map((ofDay) => ({ at: ofDay[0]?.started_at ?? '', outages: ofDay }))
}
