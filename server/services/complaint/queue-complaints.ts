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
import type { Official } from './official.ts'
import { cursorAfter, parseCursor } from '../page.ts'
import { sensorsAround } from './sensors-around.ts'

/** Of the complaints resolved, the latest this many are compared with what the sensors around say now. */
const MAX_COMPARED = 200

type Query = z.output<typeof complaintQueueQuery>

/**
 * `GET /admin/complaints`: what is open in an official's areas, or what was closed, all or against the sensors; with what the
 * sensors around each say. Throws `forbidden`.
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
  const isOpen = show === 'open'
  const rows = await deps.models.complaints
    .find(
      {
        $and: [
          ENTERED,
          wanted,
          { closed_at: isOpen ? null : { $ne: null } },
          isOpen ? after(cursor, order) : afterClosed(cursor),
        ],
      },
      WITHOUT_PERSONAL,
    )
    .sort(isOpen ? ORDERS[order] : LATEST_CLOSED)
    .limit(limit + 1)
    .lean<PublicComplaintRow[]>()
  const shown = rows.slice(0, limit)
  const items = await Promise.all(shown.map((row) => queued(deps, row)))
  const last = rows.length > limit ? shown.at(-1) : undefined
  return { items: items.flat(), next: last ? cursorAfter(placeOf(last)) : null }
}

const ORDERS = {
  clock: { due_at: 1, _id: 1 },
  severity: { severity: -1, due_at: 1, _id: 1 },
} as const
/** Along the index of the queue, backwards: of those closed at one moment the order is of no interest. */
const LATEST_CLOSED = { closed_at: -1, due_at: -1, _id: -1 } as const

/** Where the next page begins. */
const placeOf = ({ closed_at, due_at, severity, _id }: PublicComplaintRow) =>
  closed_at === null
    ? { at: due_at, id: `${severity} ${_id}` }
    : { at: closed_at, id: `${due_at.getTime()} ${_id}` }

/** What was resolved of late while sensors around say OFF since before, the latest first. */
async function contradicted(
  deps: Deps,
  wanted: Record<string, unknown>,
): Promise<QueuedComplaint[]> {
  const rows = await deps.models.complaints
    .find({ ...wanted, closed_at: { $ne: null }, status: 'resolved' }, WITHOUT_PERSONAL)
    .sort(LATEST_CLOSED)
    .limit(MAX_COMPARED)
    .lean<PublicComplaintRow[]>()
  const compared = await Promise.all(rows.map((row) => queued(deps, row)))
  return compared.flat().filter(({ is_contradicted }) => is_contradicted)
}

async function queued(deps: Deps, row: PublicComplaintRow): Promise<QueuedComplaint[]> {
  const [longitude, latitude] = row.point.coordinates
  const around = await sensorsAround(deps, { latitude, longitude }, row.area_id)
  return summaryOf(deps, row).map((summary) => ({
    ...summary,
    severity: row.severity,
    is_contradicted: contradictedBy(row, around) !== null,
    sensors: around.now,
  }))
}

/** What comes after a cursor in the order asked for. */
function after(cursor: string | undefined, order: Query['order']): Record<string, unknown> {
  if (cursor === undefined) return {}
  const { at, number: severity, id } = parsePlace(cursor)
  const later = [{ due_at: { $gt: at } }, { due_at: at, _id: { $gt: id } }]
  if (order === 'clock') return { $or: later }
  return { $or: [{ severity: { $lt: severity } }, ...later.map((rest) => ({ severity, ...rest }))] }
}

function afterClosed(cursor: string | undefined): Record<string, unknown> {
  if (cursor === undefined) return {}
  const { at: closed_at, number: dueMs, id } = parsePlace(cursor)
  const due_at = new Date(dueMs)
  return {
    $or: [
      { closed_at: { $lt: closed_at } },
      { closed_at, due_at: { $lt: due_at } },
      { closed_at, due_at, _id: { $lt: id } },
    ],
  }
}

/** What `placeOf` wrote. Throws `malformed`. */
function parsePlace(cursor: string): { at: Date; number: number; id: string } {
  const { at, id: place } = parseCursor(cursor)
  const [, number, id] = /^(\d{1,15}) (.+)$/.exec(place) ?? []
  if (number === undefined || id === undefined)
    throw new CodedError('malformed', 'cursor: expected one that this list answered as next')
  return { at, number: Number(number), id }
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
