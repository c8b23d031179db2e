import { CodedError } from '../coded-error.ts'
import { MS_PER_SECOND } from './rules.ts'

/** A stretch of time, start included, end not; whole seconds, in ms since 1970. */
export interface Period {
  fromAt: number
  toAt: number
}

const DAY_MS = 86_400_000

/** A period of whole seconds that is not empty; throws `malformed` on any other. */
export function periodOf(fromAt: number, toAt: number): Period {
  if (fromAt % MS_PER_SECOND !== 0 || toAt % MS_PER_SECOND !== 0 || !(fromAt < toAt)) {
    throw new CodedError(
      'malformed',
      `period: expected whole seconds, start before end, got ${fromAt} to ${toAt} ms`,
    )
  }
  return { fromAt, toAt }
}

/** The calendar month in UTC; `month` counts from 1. Throws `malformed` on a month that does not exist. */
export function utcMonth(year: number, month: number): Period {
  if (!Number.isInteger(month) || month < 1 || month > 12) {
    throw new CodedError('malformed', `month: expected 1 to 12, got ${month}`)
  }
  return periodOf(Date.UTC(year, month - 1), Date.UTC(year, month))
}

/** The UTC days of a period in order; the first and the last may be cut. */
export function utcDays({ fromAt, toAt }: Period): Period[] {
  const days: Period[] = []
  for (let at = fromAt; at < toAt;) {
    const end = Math.min(toAt, (Math.floor(at / DAY_MS) + 1) * DAY_MS)
    days.push({ fromAt: at, toAt: end })
    at = end
  }
  return days
}

/** What two stretches share; null where they share no time. Bounds may be infinite. */
export function overlap(a: Period, b: Period): Period | null {
  const fromAt = Math.max(a.fromAt, b.fromAt)
  const toAt = Math.min(a.toAt, b.toAt)
  return fromAt < toAt ? { fromAt, toAt } : null
}

/** The whole second a moment falls in. */
export const wholeSecond = (at: number): number => Math.floor(at / MS_PER_SECOND) * MS_PER_SECOND

/** Nothing is known after `asOfAt`, in whole seconds: the part of a period before it, which may be empty. */
export const upTo = ({ fromAt, toAt }: Period, asOfAt: number): Period => ({
  fromAt,
  toAt: Math.max(fromAt, Math.min(toAt, wholeSecond(asOfAt))),
})
