/** How figures and moments are written, by language, region and time zone; see `useFormat()`. */

export interface FormatOptions {
  /** Language and region, BCP 47: "hi-IN". */
  tag: string
  /** IANA name of the zone in which times are told: "Asia/Kolkata". */
  timeZone: string
}

export type MomentStyle = 'minute' | 'second'

export interface DurationParts {
  days: number
  hours: number
  minutes: number
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }
const TIMES: Record<MomentStyle, Intl.DateTimeFormatOptions> = {
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
}
const MINUTE_MS = 60_000
const MINUTES_OF = { hour: 60, day: 1440 } as const

/** Formats of one language. Digits are Latin everywhere, as Indian newspapers print them. Moments are ISO 8601. */
export function formatsIn({ tag, timeZone }: FormatOptions) {
  const locale = `${tag}-u-nu-latn`
  const wholePercent = new Intl.NumberFormat(locale, { style: 'percent' })
  const written = (at: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(new Date(at))
  const date = (at: string) => written(at, DAY)
  const time = (at: string, style: MomentStyle = 'minute') => written(at, TIMES[style])
  const moment = (at: string, style: MomentStyle = 'minute') =>
    written(at, { ...DAY, ...TIMES[style] })

  return {
    /** Grouped as the region groups: 12,34,567 in India. */
    number: (value: number, decimals = 0) =>
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      }).format(value),
    /** A share, 0 to 1, in whole per cent; what is there but rounds to nothing, or to all, is not written as such. */
    percent(share: number): string {
      const percent = Math.round(share * 100)
      if (percent === 0 && share > 0) return `< ${wholePercent.format(0.01)}`
      if (percent === 100 && share < 1) return `> ${wholePercent.format(0.99)}`
      return wholePercent.format(share)
    },
    date,
    time,
    moment,
    /** To the second and with the zone: "27 Sept 2024, 14:05:09 IST". */
    momentWithZone: (at: string) => written(at, { ...DAY, ...TIMES.second, timeZoneName: 'short' }),
    /**
     * How pages tell a moment: its day where that is not today's; the zone where it stands for all times of the page. `now` is
     * null where today is not known: then the day is told.
     */
    briefMoment: (
      at: string,
      now: string | null,
      { style = 'minute', hasZone = false }: { style?: MomentStyle; hasZone?: boolean } = {},
    ) =>
      written(at, {
        ...(now === null || date(at) !== date(now) ? DAY : {}),
        ...TIMES[style],
        ...(hasZone && { timeZoneName: 'short' }),
      }),
    /** "5 minutes ago", "in 2 days", in the largest unit that fits. */
    relative(at: string, now: string): string {
      const minutes = Math.round((Date.parse(at) - Date.parse(now)) / MINUTE_MS)
      const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
      const size = Math.abs(minutes)
      if (size < MINUTES_OF.hour) return format.format(minutes, 'minute')
      if (size < MINUTES_OF.day) return format.format(Math.round(minutes / MINUTES_OF.hour), 'hour')
      return format.format(Math.round(minutes / MINUTES_OF.day), 'day')
    },
    /** A day or month of UTC, by a moment in it: "21 Nov 2026", "November 2026", "21 Nov", "Sat". */
    utcDay: (at: string) => written(at, { ...DAY, timeZone: 'UTC' }),
    utcMonth: (at: string) => written(at, { month: 'long', year: 'numeric', timeZone: 'UTC' }),
    utcShortDay: (at: string) => written(at, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
    utcWeekday: (at: string) => written(at, { weekday: 'short', timeZone: 'UTC' }),
    /** Without the year, for the edge of a chart: "21 Nov". */
    shortDate: (at: string) => written(at, { day: 'numeric', month: 'short' }),
    /** Name of the zone in which times are told, summer and winter: "India Standard Time", "Eastern Time". */
    zoneName(): string {
      const parts = new Intl.DateTimeFormat(locale, {
        timeZone,
        timeZoneName: 'longGeneric',
      }).formatToParts(0)
      return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
    },
    compare: new Intl.Collator(locale).compare,
  }
}

/** Whole minutes of a duration, rounded, told apart into days, hours and minutes. */
export function durationParts(durationMs: number): DurationParts {
  const total = Math.round(durationMs / MINUTE_MS)
  return {
    days: Math.floor(total / MINUTES_OF.day),
    hours: Math.floor((total % MINUTES_OF.day) / MINUTES_OF.hour),
    minutes: total % MINUTES_OF.hour,
  }
}
