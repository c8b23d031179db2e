/** How moments are written: in UTC where the visitor's clock is not known, in the visitor's own words and zone where it is. */

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }

export type MomentStyle = 'minute' | 'second'

const TIMES: Record<MomentStyle, Intl.DateTimeFormatOptions> = {
  minute: { hour: '2-digit', minute: '2-digit' },
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
}

/** As the server writes it: "27 Sept 2024, 14:05 UTC". */
export function momentInUtc(at: string, style: MomentStyle): string {
  const options = { ...DAY, ...TIMES[style], timeZone: 'UTC', hour12: false }
  return `${new Date(at).toLocaleString('en-GB', options)} UTC`
}

/** As the visitor reads it; today's moments go without the day. */
export function momentHere(at: string, style: MomentStyle, now: Date): string {
  const moment = new Date(at)
  const isToday = moment.toDateString() === now.toDateString()
  return moment.toLocaleString(undefined, isToday ? TIMES[style] : { ...DAY, ...TIMES[style] })
}
