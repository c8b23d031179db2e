import {
  isClosed,
  type ComplaintKind,
  type ComplaintStanding,
} from '../../../shared/complaint/index.ts'
import type { ComplaintRow, PendingComplaintEvent } from '../../models/index.ts'
import type { ComplaintDesk } from '../deps.ts'

/** How a complaint's standing and its row say the same. */

const SEVERITY: Record<ComplaintKind, number> = {
  hazard: 3,
  no_supply: 2,
  high_voltage: 2,
  low_voltage: 1,
  repeated_outages: 1,
}

/** Where a complaint stands by its row; null while its filing is not among the records. */
export function standingOfRow(
  row: Omit<ComplaintRow, 'pending_event' | 'secrets' | 'tokens'>,
): ComplaintStanding | null {
  if (row.status === 'entering') return null
  const [longitude, latitude] = row.point.coordinates
  return {
    complaintId: row._id,
    areaId: row.area_id,
    kind: row.kind,
    status: row.status,
    place: { latitude, longitude },
    areaType: row.area_type,
    fault: row.fault,
    filedAt: row.filed_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    team: row.team,
    disputes: row.disputes,
    affected: row.affected,
    photos: row.photos,
    duplicateOf: row.duplicate_of,
    n: row.n,
    latestEvent: row.latest_event,
    latestAt: row.latest_event_at.toISOString(),
  }
}

/** What a row says of a standing. */
export function fieldsOf(standing: ComplaintStanding) {
  const { latitude, longitude } = standing.place
  return {
    area_id: standing.areaId,
    kind: standing.kind,
    severity: SEVERITY[standing.kind],
    status: standing.status,
    point: { type: 'Point' as const, coordinates: [longitude, latitude] as [number, number] },
    area_type: standing.areaType,
    fault: standing.fault,
    filed_at: new Date(standing.filedAt),
    due_at: new Date(standing.dueAt),
    acknowledged_at: moment(standing.acknowledgedAt),
    closed_at: moment(standing.closedAt),
    team: standing.team,
    disputes: standing.disputes,
    affected: standing.affected,
    photos: standing.photos,
    duplicate_of: standing.duplicateOf,
    n: standing.n,
    latest_event: standing.latestEvent,
    latest_event_at: new Date(standing.latestAt),
  }
}

const moment = (at: string | null): Date | null => (at === null ? null : new Date(at))

/** The row of a complaint whose filing is decided; it counts once that is a record. */
export const enteringRow = (
  { standing, pending }: { standing: ComplaintStanding; pending: PendingComplaintEvent },
  areas: string[],
): ComplaintRow => ({
  ...fieldsOf(standing),
  _id: standing.complaintId,
  areas,
  status: 'entering',
  // There is none yet; finishing is compared with it.
  latest_event: 'none',
  n: -1,
  pending_event: pending,
  is_pending: true,
  tokens: [],
  secrets: [],
  erase_at: null,
  changed_at: new Date(standing.latestAt),
})

/** When what is personal in a complaint goes: some time after it was closed, never while it is open. */
export function eraseAtOf(
  { status, closedAt }: ComplaintStanding,
  secrets: readonly unknown[],
  { retentionMs }: ComplaintDesk,
): Date | null {
  if (!isClosed(status) || closedAt === null || secrets.length === 0) return null
  return new Date(Date.parse(closedAt) + retentionMs)
}
