import type { ComplaintStanding } from './standing.ts'

/** What the figures use of a complaint. */
export type CountedComplaint = Pick<
  ComplaintStanding,
  'status' | 'filedAt' | 'acknowledgedAt' | 'closedAt' | 'dueAt' | 'disputes'
>

/** Median and 90th percentile by nearest rank, in ms; null where nothing was timed. */
export interface Times {
  count: number
  medianMs: number | null
  p90Ms: number | null
}

export interface ComplaintFigures {
  filed: number
  open: number
  acknowledged: number
  resolved: number
  rejected: number
  /** Disputed at least once. */
  disputed: number
  /** Open and past their clock. */
  overdue: number
  toAcknowledge: Times
  toResolve: Times
  /** Share of those resolved in time among those resolved or overdue, 0 to 1; null where there are none. */
  withinClock: number | null
}

/** Figures of complaints as they stand at a moment (ms since 1970); docs/formats/complaint.md, "Figures". */
export function complaintFigures(
  complaints: readonly CountedComplaint[],
  nowAt: number,
): ComplaintFigures {
  const resolved = complaints.filter(({ status }) => status === 'resolved')
  const rejected = complaints.filter(({ status }) => status === 'rejected')
  const overdue = complaints.filter((complaint) => isOverdue(complaint, nowAt))
  const inTime = resolved.filter(({ closedAt, dueAt }) => closedAt !== null && closedAt <= dueAt)
  const judged = resolved.length + overdue.length
  return {
    filed: complaints.length,
    open: complaints.length - resolved.length - rejected.length,
    acknowledged: complaints.filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    resolved: resolved.length,
    rejected: rejected.length,
    disputed: complaints.filter(({ disputes }) => disputes > 0).length,
    overdue: overdue.length,
    toAcknowledge: timesTo(complaints, ({ acknowledgedAt }) => acknowledgedAt),
    toResolve: timesTo(resolved, ({ closedAt }) => closedAt),
    withinClock: judged === 0 ? null : inTime.length / judged,
  }
}

/** Whether a complaint is open past its clock at a moment (ms since 1970). */
export const isOverdue = (
  { closedAt, dueAt }: Pick<CountedComplaint, 'closedAt' | 'dueAt'>,
  nowAt: number,
): boolean => closedAt === null && Date.parse(dueAt) < nowAt

function timesTo(
  complaints: readonly CountedComplaint[],
  end: (complaint: CountedComplaint) => string | null,
): Times {
  const times = complaints
    .flatMap((complaint) => {
      const endedAt = end(complaint)
      return endedAt === null ? [] : [Date.parse(endedAt) - Date.parse(complaint.filedAt)]
    })
    .sort((a, b) => a - b)
  return { count: times.length, medianMs: nearestRank(times, 0.5), p90Ms: nearestRank(times, 0.9) }
}

const nearestRank = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? null
