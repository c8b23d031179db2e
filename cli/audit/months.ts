import { periodOf, utcMonth, type Period } from '../../shared/outage/index.ts'

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
