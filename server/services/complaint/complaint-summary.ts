import type { ComplaintSummary } from '../../../shared/api/complaints.ts'
import type { ComplaintRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** Members of a row that hold what is personal: lists never load them. */
export const WITHOUT_PERSONAL = { secrets: 0, tokens: 0, filing_key: 0, pending_event: 0 } as const
export type PublicComplaintRow = Omit<ComplaintRow, keyof typeof WITHOUT_PERSONAL>

/** Rows whose filing is among the records. */
export const ENTERED = { status: { $ne: 'entering' } } as const

/** A complaint as everybody sees it; none while its filing is not among the records. */
export function summaryOf(
  { clock }: Pick<Deps, 'clock'>,
  row: PublicComplaintRow,
): ComplaintSummary[] {
  if (row.status === 'entering') return []
  const [longitude, latitude] = row.point.coordinates
  return [
    {
      complaint_id: row._id,
      area_id: row.area_id,
      kind: row.kind,
      status: row.status,
      latitude,
      longitude,
      area_type: row.area_type,
      fault: row.fault,
      filed_at: row.filed_at.toISOString(),
      due_at: row.due_at.toISOString(),
      acknowledged_at: row.acknowledged_at?.toISOString() ?? null,
      closed_at: row.closed_at?.toISOString() ?? null,
      is_overdue: row.closed_at === null && row.due_at < clock.now(),
      team: row.team,
      affected: row.affected,
      photos: row.photos,
      disputes: row.disputes,
      duplicate_of: row.duplicate_of,
      changed_at: row.latest_event_at.toISOString(),
    },
  ]
}
