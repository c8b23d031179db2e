import type { ComplaintStatistics } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { complaintFigures, type CountedComplaint } from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { ENTERED, WITHOUT_PERSONAL, type PublicComplaintRow } from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { contradictedBy } from './describe-complaint.ts'
import { sensorsAround } from './sensors-around.ts'
import { unreportedOutages } from './unreported-outages.ts'

/** Of the complaints resolved, the latest this many are compared with what the sensors around say now. */
const MAX_COMPARED = 200
const MS_PER_S = 1000
const ROWS_AT_ONCE = 1000

/** What the figures use of a row. */
const COUNTED = {
  status: 1,
  filed_at: 1,
  acknowledged_at: 1,
  closed_at: 1,
  due_at: 1,
  disputes: 1,
} as const
type CountedRow = Pick<ComplaintRow, keyof typeof COUNTED>

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
  const { toAcknowledge, toResolve, withinClock, ...counts } = await complaintFigures(
    () => countedAlong(deps, { ...ENTERED, areas: areaId, filed_at }),
    now.getTime(),
  )
  const unreported = await unreportedOutages(deps, [areaId])
  return {
    area_id: areaId,
    from: from === undefined ? null : new Date(from).toISOString(),
    to: until.toISOString(),
    as_of: now.toISOString(),
    ...counts,
    contradicted: await countContradicted(deps, areaId, filed_at),
    unreported_outages: unreported.length,
    unreported_overdue: unreported.filter(({ is_overdue }) => is_overdue).length,
    to_acknowledge: inSeconds(toAcknowledge),
    to_resolve: inSeconds(toResolve),
    within_clock: withinClock,
    within_clock_reason: withinClock === null ? 'nothing_due' : null,
  }
}

/** Complaints one after another along the index, never all at once. */
async function* countedAlong(
  { models }: Pick<Deps, 'models'>,
  filter: Record<string, unknown>,
): AsyncGenerator<CountedComplaint> {
  const rows = models.complaints
    .find(filter, COUNTED)
    .hint({ areas: 1, filed_at: -1, _id: -1 })
    .lean<CountedRow>()
    .cursor({ batchSize: ROWS_AT_ONCE })
  for await (const row of rows) {
    if (row.status === 'entering') continue
    yield {
      status: row.status,
      filedAt: row.filed_at.toISOString(),
      acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
      closedAt: row.closed_at?.toISOString() ?? null,
      dueAt: row.due_at.toISOString(),
      disputes: row.disputes,
    }
  }
}

async function countContradicted(
  deps: Deps,
  areaId: string,
  filed_at: { $gte?: Date; $lt: Date },
): Promise<number> {
  const latest = await deps.models.complaints
    .find(
      // Nothing is closed before it is filed: of the index, only what was closed since is looked at.
      {
        areas: areaId,
        closed_at: { $gte: filed_at.$gte ?? new Date(0) },
        status: 'resolved',
        filed_at,
      },
      WITHOUT_PERSONAL,
    )
    .hint({ areas: 1, closed_at: 1, due_at: 1, _id: 1 })
    .sort({ closed_at: -1, due_at: -1, _id: -1 })
    .limit(MAX_COMPARED)
    .lean<PublicComplaintRow[]>()
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
