import type { z } from 'zod'
import type { complaintsQuery, ComplaintSummary, Nearby } from '../../../shared/api/complaints.ts'
import { boxesOf, type Box } from '../../../shared/api/map.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  boxAround,
  metresBetween,
  publicPlace,
  type Coordinates,
} from '../../../shared/complaint/index.ts'
import {
  ENTERED,
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { afterCursor, pageOf } from '../page.ts'
import { placeDevices } from '../device/place-device.ts'
import { AROUND_M, sensorsAround } from './sensors-around.ts'

const MAX_NEARBY = 50

type Query = z.output<typeof complaintsQuery>

const within = (bbox: Box) => ({
  $or: boxesOf(bbox).map(([west, south, east, north]) => ({
    'point.coordinates.0': { $gte: west, $lte: east },
    'point.coordinates.1': { $gte: south, $lte: north },
  })),
})

/** `GET /complaints`: newest first; an area stands for those within it too. */
export async function listComplaints(
  deps: Deps,
  { limit, cursor, area_id, status, bbox }: Query,
): Promise<{ items: ComplaintSummary[]; next: string | null }> {
  const wanted = status === 'open' ? { closed_at: null } : status === undefined ? {} : { status }
  const rows = await deps.models.complaints
    .find(
      {
        $and: [
          ENTERED,
          wanted,
          area_id === undefined ? {} : { areas: area_id },
          bbox === undefined ? {} : within(bbox),
          afterCursor('filed_at', cursor),
        ],
      },
      WITHOUT_PERSONAL,
    )
    // Along it the order comes by itself, whatever else is asked; MongoDB sorts nothing.
    .hint(area_id === undefined ? { filed_at: -1, _id: -1 } : { areas: 1, filed_at: -1, _id: -1 })
    .sort({ filed_at: -1, _id: -1 })
    .limit(limit + 1)
    .lean<PublicComplaintRow[]>()
  const { items, next } = pageOf(
    rows,
    limit,
    (row) => ({ at: row.filed_at, id: row._id }),
    (row) => summaryOf(deps, row),
  )
  return { items: items.flat(), next }
}

/** `GET /complaints/nearby`: so that who would complain of the same joins instead. */
export async function complaintsNearby(deps: Deps, place: Coordinates): Promise<Nearby> {
  const centre = publicPlace(place)
  const [area_id, rows] = await Promise.all([
    areaHolding(deps, place),
    deps.models.complaints
      .find(
        { ...ENTERED, ...within(boxAround(centre, AROUND_M)), closed_at: null },
        WITHOUT_PERSONAL,
      )
      .limit(10 * MAX_NEARBY)
      .lean<PublicComplaintRow[]>(),
  ])
  const metresOf = (row: ComplaintSummary) => metresBetween(centre, row)
  const complaints = rows
    .flatMap((row) => summaryOf(deps, row))
    .filter((complaint) => metresOf(complaint) <= AROUND_M)
    .sort((a, b) => metresOf(a) - metresOf(b) || (a.complaint_id < b.complaint_id ? -1 : 1))
    .slice(0, MAX_NEARBY)
  const { now } = await sensorsAround(deps, place, area_id)
  return { area_id, complaints, sensors: now }
}

async function areaHolding(deps: Deps, device: Coordinates): Promise<string | null> {
  try {
    const [placed] = await placeDevices(deps, [{ device }])
    return placed?.area_id ?? null
  } catch (error) {
    if (error instanceof CodedError && error.code === 'unknown_area') return null
    throw error
  }
}
