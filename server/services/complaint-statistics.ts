import type { ComplaintStatistics } from '../../shared/api/complaints.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { complaintFigures } from '../../shared/complaint/index.ts'
import { standingOfRow } from './complaint-row.ts'
import { ENTERED, WITHOUT_PERSONAL, type PublicComplaintRow } from './complaint-summary.ts'
import type { Deps } from './deps.ts'
import { contradictedBy } from './describe-complaint.ts'
import { sensorsAround } from './sensors-around.ts'
import { unreportedOutages } from './unreported-outages.ts'

/** Of the complaints resolved, the latest this many are compared with what the sensors around say now. */
const MAX_COMPARED = 200
const MS_PER_S = 1000

/** `GET /areas/{id}/complaints/statistics`: of the area and those within it. Throws `not_found`. */
export async function complaintStatistics(
  deps: Deps,
  areaId: string,
  { from, to }: { from?: string | undefined; to?: string | undefined },
): Promise<ComplaintStatistics> {
  const { models, clock } = deps
  if (!(await models.areas.exists({ _id: areaId })))
    throw new CodedError('not_found', `area: none with id ${areaId}`)
  const now = clock.now()
  const until = to === undefined ? now : new Date(to)
  const filed_at = { ...(from !== undefined && { $gte: new Date(from) }), $lt: until }
  const rows = await models.complaints
    .find({ ...ENTERED, areas: areaId, filed_at }, WITHOUT_PERSONAL)
    .lean<PublicComplaintRow[]>()
  const standings = rows.flatMap((row) => standingOfRow(row) ?? [])
  const { toAcknowledge, toResolve, withinClock, ...counts } = complaintFigures(
    standings,
    now.getTime(),
  )
  const unreported = await unreportedOutages(deps, [areaId])
  return {
    area_id: areaId,
    from: from === undefined ? null : new Date(from).toISOString(),
    to: until.toISOString(),
    as_of: now.toISOString(),
    ...counts,
    contradicted: await countContradicted(deps, rows),
    unreported_outages: unreported.length,
    unreported_overdue: unreported.filter(({ is_overdue }) => is_overdue).length,
    to_acknowledge: inSeconds(toAcknowledge),
    to_resolve: inSeconds(toResolve),
    within_clock: withinClock,
    within_clock_reason: withinClock === null ? 'nothing_due' : null,
  }
}

async function countContradicted(deps: Deps, rows: readonly PublicComplaintRow[]): Promise<number> {
  const latest = rows
    .filter(({ status }) => status === 'resolved')
    .toSorted((a, b) => (b.closed_at?.getTime() ?? 0) - (a.closed_at?.getTime() ?? 0))
    .slice(0, MAX_COMPARED)
  let count = 0
  for (const row of latest) {
    const [longitude, latitude] = row.point.coordinates
    const around = await sensorsAround(deps, { latitude, longitude }, row.area_id)
    if (contradictedBy(row, around) !== null) count += 1
  }
  return count
}

const inSeconds = ({
  count,
  medianMs,
  p90Ms,
}: {
  count: number
  medianMs: number | null
  p90Ms: number | null
}) => ({ count, median_s: seconds(medianMs), p90_s: seconds(p90Ms) })

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / MS_PER_S)
