import type { IntervalState } from '../../shared/outage/index.ts'

/** A stretch of one state, in milliseconds since 1970. */
export interface Band {
  state: IntervalState
  fromAt: number
  toAt: number
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** What the clock on the wall shows, as if it were UTC. */
export function wallClock(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((one) => one.type === type)?.value)
  return Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
}

/** A day on the wall, with its bands in hours since midnight. */
export interface DayRow {
  /** Noon of the day as if it were UTC. */
  noonAt: number
  bands: { state: IntervalState; from: number; to: number }[]
}

/** Bands cut at midnights of the zone, latest day first. */
export function dayRows(bands: readonly Band[], timeZone: string): DayRow[] {
  const days = new Map<number, DayRow['bands']>()
  for (const { state, fromAt, toAt } of bands) {
    const end = wallClock(toAt, timeZone)
    for (let start = wallClock(fromAt, timeZone); start < end;) {
      const midnight = Math.floor(start / DAY_MS) * DAY_MS
      const stop = Math.min(end, midnight + DAY_MS)
      const ofDay = days.get(midnight) ?? []
      ofDay.push({ state, from: (start - midnight) / HOUR_MS, to: (stop - midnight) / HOUR_MS })
      days.set(midnight, ofDay)
      start = stop
    }
  }
  return [...days]
    .sort(([a], [b]) => b - a)
    .map(([midnight, ofDay]) => ({ noonAt: midnight + DAY_MS / 2, bands: ofDay }))
}
