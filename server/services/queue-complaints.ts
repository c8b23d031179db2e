import type { z } from 'zod'
import type { complaintQueueQuery, QueuedComplaint } from '../../shared/api/complaint-admin.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { areaAncestry } from './area-ancestry.ts'
import {
  ENTERED,
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint-summary.ts'
import type { Deps } from './deps.ts'
import type { Official } from './handle-complaint.ts'
import { cursorAfter, parseCursor } from './page.ts'
import { sensorsAround } from './sensors-around.ts'

type Query = z.output<typeof complaintQueueQuery>

/** `GET /admin/complaints`: what is open in an official's areas, with what the sensors around each say. Throws `forbidden`. */
export async function queueComplaints(
  deps: Deps,
  official: Official,
  { limit, cursor, area_id, order }: Query,
): Promise<{ items: QueuedComplaint[]; next: string | null }> {
  const areas = await areasAsked(deps, official, area_id)
  const byArea = areas === null ? {} : { areas: areas.length === 1 ? areas[0] : { $in: areas } }
  const rows = await deps.models.complaints
    .find({ $and: [ENTERED, byArea, { closed_at: null }, after(cursor, order)] }, WITHOUT_PERSONAL)
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
  return { items: items.flat(), next }
}

async function queued(deps: Deps, row: PublicComplaintRow): Promise<QueuedComplaint[]> {
  const [longitude, latitude] = row.point.coordinates
  const { now } = await sensorsAround(deps, { latitude, longitude }, row.area_id)
  return summaryOf(deps, row).map((summary) => ({
    ...summary,
    severity: row.severity,
    sensors: now,
  }))
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
