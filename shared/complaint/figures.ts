import { valueAtRank } from './rank.ts'
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

/** Runs along the same complaints again, in any order. */
type Along = () => AsyncIterable<CountedComplaint> | Iterable<CountedComplaint>

/** Times up to this many are held and sorted; of more, each percentile is found by running along them again. */
const MAX_HELD = 50_000

/**
 * Figures of complaints as they stand at a moment (ms since 1970); docs/formats/complaint.md, "Figures". Exact, and of bounded
 * memory however many there are.
 */
export async function complaintFigures(
  along: Along,
  nowAt: number,
  maxHeld = MAX_HELD,
): Promise<ComplaintFigures> {
  const counts = { filed: 0, open: 0, acknowledged: 0, resolved: 0, rejected: 0, disputed: 0 }
  const toAcknowledge = timesTo(acknowledgedIn, maxHeld)
  const toResolve = timesTo(resolvedIn, maxHeld)
  let overdue = 0
  let inTime = 0
  for await (const complaint of along()) {
    const { status, acknowledgedAt, closedAt, dueAt, disputes } = complaint
    counts.filed += 1
    if (status === 'resolved') counts.resolved += 1
    else if (status === 'rejected') counts.rejected += 1
    else counts.open += 1
    if (acknowledgedAt !== null) counts.acknowledged += 1
    if (disputes > 0) counts.disputed += 1
    if (isOverdue(complaint, nowAt)) overdue += 1
    if (status === 'resolved' && closedAt !== null && closedAt <= dueAt) inTime += 1
    toAcknowledge.add(complaint)
    toResolve.add(complaint)
  }
  const judged = counts.resolved + overdue
  return {
    ...counts,
    overdue,
    toAcknowledge: await toAcknowledge.times(along),
    toResolve: await toResolve.times(along),
    withinClock: judged === 0 ? null : inTime / judged,
  }
}

/** Whether a complaint is open past its clock at a moment (ms since 1970). */
export const isOverdue = (
  { closedAt, dueAt }: Pick<CountedComplaint, 'closedAt' | 'dueAt'>,
  nowAt: number,
): boolean => closedAt === null && Date.parse(dueAt) < nowAt

/** From filing to the first acknowledgement in ms; null where there was none. */
const acknowledgedIn = ({ filedAt, acknowledgedAt }: CountedComplaint): number | null =>
  acknowledgedAt === null ? null : Date.parse(acknowledgedAt) - Date.parse(filedAt)

/** From filing to the closing as resolved that stands. */
const resolvedIn = ({ status, filedAt, closedAt }: CountedComplaint): number | null =>
  status === 'resolved' && closedAt !== null ? Date.parse(closedAt) - Date.parse(filedAt) : null

type TimeOf = (complaint: CountedComplaint) => number | null

function timesTo(timeOf: TimeOf, maxHeld: number) {
  let count = 0
  let least = Infinity
  let greatest = -Infinity
  let held: number[] | null = []

  const along = (complaints: Along) =>
    async function* () {
      for await (const complaint of complaints()) {
        const time = timeOf(complaint)
        if (time !== null) yield time
      }
    }

  return {
    add(complaint: CountedComplaint): void {
      const time = timeOf(complaint)
      if (time === null) return
      count += 1
      least = Math.min(least, time)
      greatest = Math.max(greatest, time)
      if (held !== null && held.length < maxHeld) held.push(time)
      else held = null
    },
    async times(complaints: Along): Promise<Times> {
      const sorted = held?.toSorted((a, b) => a - b)
      const atShare = async (share: number): Promise<number | null> => {
        const rank = Math.ceil(share * count)
        if (rank === 0) return null
        if (sorted) return sorted[rank - 1] ?? null
        return valueAtRank(along(complaints), rank, [least, greatest])
      }
      return { count, medianMs: await atShare(0.5), p90Ms: await atShare(0.9) }
    },
  }
}
