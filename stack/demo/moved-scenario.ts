import type { Scenario } from './scenario.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How much of a scenario is in the past at the least: enough that its outages began and ended. */
const LEAST_PAST_MS = 20 * HOUR_MS

/**
 * By how many whole days a scenario that began at `beginAt` has to be moved to have begun 20 to 44 hours before `nowMs`:
 * most of it is then in the past, and a scenario of two days goes on in the present. Whole days keep the time of day in UTC.
 */
export const daysToPresent = (beginAt: number, nowMs: number): number =>
  Math.floor((nowMs - LEAST_PAST_MS - beginAt) / DAY_MS)

/** The same scenario so many days later, and its notices say so. */
export function movedBy(days: number, scenario: Scenario): Scenario {
  const byMs = days * DAY_MS
  return {
    ...scenario,
    notice: `${scenario.notice}. All times are moved by ${days} days`,
    noticeHi: `${scenario.noticeHi}। सभी समय ${days} दिन आगे किए गए हैं`,
    movedDays: scenario.movedDays + days,
    beginAt: scenario.beginAt + byMs,
    endAt: scenario.endAt + byMs,
    sites: scenario.sites.map((site) => ({
      ...site,
      interruptions: site.interruptions.map(({ startAt, endAt }) => ({
        startAt: startAt + byMs,
        endAt: endAt + byMs,
      })),
    })),
  }
}
