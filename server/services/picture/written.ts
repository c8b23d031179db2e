import type { PictureLanguage } from '../../../shared/api/pictures.ts'

export interface PictureStyle {
  language: PictureLanguage
  /** IANA name of the zone in which times are told. */
  timeZone: string
  /** ISO 3166 code of whose way of writing figures is followed. */
  region: string
}

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 86_400

/** Figures, moments and durations in a language, with Latin digits as the pages have them. */
export function written({ language, timeZone, region }: PictureStyle) {
  const tag = `${language}-${region}-u-nu-latn`
  const moments = (zone: boolean) =>
    new Intl.DateTimeFormat(tag, {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(zone && { timeZoneName: 'short' }),
    })
  const durations = new Intl.DurationFormat(tag, { style: 'long' })
  return {
    moment: (at: Date) => moments(false).format(at),
    momentWithZone: (at: Date) => moments(true).format(at),
    number: (value: number) => new Intl.NumberFormat(tag).format(value),
    /** In its two largest units. */
    duration(seconds: number): string {
      if (seconds < MINUTE_S) return durations.format({ seconds })
      const days = Math.floor(seconds / DAY_S)
      const hours = Math.floor((seconds % DAY_S) / HOUR_S)
      const minutes = Math.floor((seconds % HOUR_S) / MINUTE_S)
      return durations.format(days > 0 ? { days, hours } : { hours, minutes })
    },
  }
}
