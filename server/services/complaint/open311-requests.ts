import type { ComplaintSummary } from '../../../shared/api/complaints.ts'
import type { Open311Query, Open311Request } from '../../../shared/api/open311.ts'
import {
  ENTERED,
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { contradictedBy } from './describe-complaint.ts'
import { serviceName } from './open311-services.ts'
import { findComplaintRow } from './record-complaint-event.ts'
import { sensorsAround } from './sensors-around.ts'

/** Complaints in the words of Open311 GeoReport v2; docs/open311.md. */

const MAX_REQUESTS = 200
/** Without dates, GeoReport asks for the last 90 days. */
const SPAN_MS = 90 * 24 * 3_600_000

/** `requests`: newest first, at most 200. */
export async function open311Requests(deps: Deps, query: Open311Query): Promise<Open311Request[]> {
  const rows = await deps.models.complaints
    .find({ ...ENTERED, ...filterOf(deps, query) }, WITHOUT_PERSONAL)
    .sort({ filed_at: -1, _id: -1 })
    .limit(MAX_REQUESTS)
    .lean<PublicComplaintRow[]>()
  const told = await Promise.all(rows.map((row) => requestOf(deps, row)))
  return told.flat()
}

function filterOf({ clock }: Deps, query: Open311Query): Record<string, unknown> {
  const { service_request_id, service_code, start_date, end_date, status } = query
  if (service_request_id !== undefined) return { _id: { $in: service_request_id } }
  const end = end_date === undefined ? clock.now() : new Date(end_date)
  const start = start_date === undefined ? new Date(end.getTime() - SPAN_MS) : new Date(start_date)
  const [state, other] = status ?? []
  return {
    filed_at: { $gte: start, $lte: end },
    ...(service_code !== undefined && { kind: { $in: service_code } }),
    ...(state !== undefined &&
      (other === undefined || other === state) && {
        closed_at: state === 'open' ? null : { $ne: null },
      }),
  }
}

/** `requests/{id}`. Throws `not_found`. */
export async function open311Request(deps: Deps, complaintId: string): Promise<Open311Request[]> {
  return requestOf(deps, await findComplaintRow(deps, complaintId))
}

async function requestOf(deps: Deps, row: PublicComplaintRow): Promise<Open311Request[]> {
  const [summary] = summaryOf(deps, row)
  if (!summary) return []
  const { latitude, longitude } = summary
  const isContradicted =
    row.status === 'resolved' &&
    contradictedBy(row, await sensorsAround(deps, { latitude, longitude }, row.area_id)) !== null
  return [
    {
      service_request_id: summary.complaint_id,
      status: summary.closed_at === null ? 'open' : 'closed',
      status_notes: notesOf(summary, isContradicted),
      service_name: serviceName(summary.kind),
      service_code: summary.kind,
      agency_responsible: summary.team ?? summary.area_id,
      requested_datetime: summary.filed_at,
      updated_datetime: summary.changed_at,
      expected_datetime: summary.due_at,
      lat: latitude,
      long: longitude,
    },
  ]
}

const notesOf = ({ status, duplicate_of }: ComplaintSummary, isContradicted: boolean): string =>
  [
    status,
    ...(duplicate_of === null ? [] : [`duplicate of ${duplicate_of}`]),
    ...(isContradicted ? ['contradicted by sensors'] : []),
  ].join(', ')
