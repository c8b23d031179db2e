import type { z } from 'zod'
import type { complaintQueueQuery, QueuedComplaint } from '../../../shared/api/complaint-admin.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import {
  ENTERED,
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { contradictedBy } from './describe-complaint.ts'
import type { Official } from './handle-complaint.ts'
import { cursorAfter, parseCursor } from '../page.ts'
import { sensorsAround } from './sensors-around.ts'

/** Of the complaints resolved, the latest this many are compared with what the sensors around say now. */
const MAX_COMPARED = 200

type Query = z.output<typeof complaintQueueQuery>

/**
 * `GET /admin/complaints`: what is open in an official's areas, or what was closed against the sensors; with what the sensors
 * around each say. Throws `forbidden`.
 */
export async function queueComplaints(
  deps: Deps,
  official: Official,
  { limit, cursor, area_id, kind, show, order }: Query,
): Promise<{ items: QueuedComplaint[]; next: string | null }> {
  const areas = await areasAsked(deps, official, area_id)
  const wanted = {
    ...(areas !== null && { areas: areas.length === 1 ? areas[0] : { $in: areas } }),
    ...(kind && { kind }),
  }
  if (show === 'contradicted') return { items: await contradicted(deps, wanted), next: null }
  const rows = await deps.models.complaints
    .find({ $and: [ENTERED, wanted, { closed_at: null }, after(cursor, order)] }, WITHOUT_PERSONAL)
    .sort(order === 'clock' ? { due_at: 1, _id: 1 } : { severity: -1, due_at: 1, _id: 1 })
    .limit(limit + 1)
    .lean<PublicComplaintRow[]>()
  const shown = rows.slice(0, limit)
  const items = await Promise.all(shown.map((row) => queued(deps, row)))
  const last = shown.at(-1)
  const next =
    rows.length > limit && last
      ? cursorAfter({ at: last.due_at, id: `${last.severity} ${last._id}` })
      : null
  return { items: items.flatMap(({ complaint }) => complaint), next }
}

/** What was resolved of late while sensors around say OFF since before, the latest first. */
async function contradicted(
  deps: Deps,
  wanted: Record<string, unknown>,
): Promise<QueuedComplaint[]> {
  const rows = await deps.models.complaints
    .find({ ...wanted, closed_at: { $ne: null }, status: 'resolved' }, WITHOUT_PERSONAL)
    .sort({ closed_at: -1, due_at: -1, _id: -1 })
    .limit(MAX_COMPARED)
    .lean<PublicComplaintRow[]>()
  const compared = await Promise.all(rows.map((row) => queued(deps, row)))
  return compared.flatMap(({ complaint, isContradicted }) => (isContradicted ? complaint : []))
}

async function queued(deps: Deps, row: PublicComplaintRow) {
  const [longitude, latitude] = row.point.coordinates
  const around = await sensorsAround(deps, { latitude, longitude }, row.area_id)
  const complaint = summaryOf(deps, row).map((summary): QueuedComplaint => ({
    ...summary,
    severity: row.severity,
    sensors: around.now,
  }))
  return { complaint, isContradicted: contradictedBy(row, around) !== null }
}

/** What comes after a cursor in the order asked for. */
function after(cursor: string | undefined, order: Query['order']): Record<string, unknown> {
  if (cursor === undefined) return {}
  const { at, id: place } = parseCursor(cursor)
  const [, severity, id] = /^(\d+) (.+)$/.exec(place) ?? []
  if (severity === undefined || id === undefined)
    throw new CodedError('malformed', 'cursor: expected one that this list answered as next')
  const later = [{ due_at: { $gt: at } }, { due_at: at, _id: { $gt: id } }]
  if (order === 'clock') return { $or: later }
  const same = Number(severity)
  return {
    $or: [{ severity: { $lt: same } }, ...later.map((rest) => ({ severity: same, ...rest }))],
  }
}

/** The areas to look in, none of them within another of them; null for all. */
async function areasAsked(
  deps: Deps,
  { areas: own }: Official,
  asked: string | undefined,
): Promise<string[] | null> {
  if (asked === undefined) return own === null ? null : [...own]
  const { ancestorsOf } = await areaAncestry(deps, [asked])
  const line = [asked, ...ancestorsOf(asked)]
  if (own !== null && !line.some((area) => own.includes(area)))
    throw new CodedError('forbidden', `area_id: expected one of your areas, got ${asked}`)
  return [asked]
}
