/** Periods whose figures an area's page shows. */
export const AREA_PERIODS = ['month', 'last-month', 'year'] as const
export type AreaPeriod = (typeof AREA_PERIODS)[number]

const MONTHS_OF_YEAR = 12
const DATE_LENGTH = 10

/** First day of a period and the day after its last, as of `now`, in whole months of UTC: figures and their days are of UTC. */
export function periodBounds(period: AreaPeriod, now: Date): { from: string; to: string } {
  const first = period === 'month' ? 0 : period === 'last-month' ? -1 : 1 - MONTHS_OF_YEAR
  const end = period === 'last-month' ? 0 : 1
  return { from: monthStart(now, first), to: monthStart(now, end) }
}

const monthStart = (now: Date, offset: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset))
    .toISOString()
    .slice(0, DATE_LENGTH)
