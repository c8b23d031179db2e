import type { Reliability } from '../../shared/api/reliability.ts'

type Figure = Reliability['total']['saidi']

/** A day (UTC) as the calendar shows it. */
export interface SupplyDay {
  /** "2026-11-21" */
  date: string
  /** Mean minutes without power for each customer. */
  saidi: Figure
  /** Part of the day's sensors were silent for too long. */
  provisional: boolean
}

export interface SupplyMonth {
  /** First moment of the month. */
  at: string
  /** Weeks from Monday; null beside the days of the period. */
  weeks: (SupplyDay | null)[][]
}

const DAYS_OF_WEEK = 7
const DATE_LENGTH = 10
const MONTH_LENGTH = 7

/** The days that have begun: of what lies ahead there is nothing to tell. */
export const supplyDays = ({
  intervals,
  as_of,
}: Pick<Reliability, 'intervals' | 'as_of'>): SupplyDay[] =>
  intervals
    .filter(({ from }) => from <= as_of)
    .map(({ from, figures }) => ({
      date: from.slice(0, DATE_LENGTH),
      saidi: figures.saidi,
      provisional: figures.provisional ?? false,
    }))

/** On how many of these days any sensor was in service, and since when; null where it was on none. */
export function servedDays(
  days: readonly SupplyDay[],
): { first: string; served: number; of: number } | null {
  const served = days.filter(({ saidi }) => saidi.unknown !== 'no_devices')
  const [first] = served
  return first ? { first: first.date, served: served.length, of: days.length } : null
}

/** Days laid out in the weeks of their months, latest month first. */
export function supplyMonths(days: readonly SupplyDay[]): SupplyMonth[] {
  const byMonth = Map.groupBy(days, ({ date }) => date.slice(0, MONTH_LENGTH))
  return [...byMonth]
    .sort(([a], [b]) => b.localeCompare(a))
    .map(([month, ofMonth]) => ({ at: `${month}-01T12:00:00Z`, weeks: weeksOf(ofMonth) }))
}

function weeksOf(days: readonly SupplyDay[]): (SupplyDay | null)[][] {
  const lead = weekday(days[0]?.date)
  const cells: (SupplyDay | null)[] = [...Array<null>(lead).fill(null), ...days]
  while (cells.length % DAYS_OF_WEEK > 0) cells.push(null)
  return Array.from({ length: cells.length / DAYS_OF_WEEK }, (_, week) =>
    cells.slice(week * DAYS_OF_WEEK, (week + 1) * DAYS_OF_WEEK),
  )
}

/** 0 is Monday. */
const weekday = (date: string | undefined): number =>
  date === undefined ? 0 : (new Date(`${date}T12:00:00Z`).getUTCDay() + 6) % DAYS_OF_WEEK

/** Anything is known of a day of it. */
export const isKnown = ({ weeks }: SupplyMonth): boolean =>
  weeks.flat().some((day) => day !== null && day.saidi.value !== null)

/** How dark a day is drawn: 0 none, 1 up to an hour, 2 up to four, 3 more; null where it is unknown. */
export function darkness({ saidi }: Pick<SupplyDay, 'saidi'>): 0 | 1 | 2 | 3 | null {
  if (saidi.value === null) return null
  if (saidi.value === 0) return 0
  if (saidi.value <= 60) return 1
  return saidi.value <= 240 ? 2 : 3
}

/** Classes by darkness, whole, so that they are found. */
export const DARKNESS_CLASSES = ['supply-0', 'supply-1', 'supply-2', 'supply-3'] as const
