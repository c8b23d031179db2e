import { boundsAround } from '../../../shared/area-geometry.ts'
import type { Box } from '../../../shared/api/map.ts'
import type { Outage, OutageStatus, Outages } from '../../../shared/api/outages.ts'
import type { OutageRow } from '../../models/index.ts'
import { secondText } from '../api-times.ts'
import { areaDescendants } from '../area/area-descendants.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import { afterCursor, pageOf } from '../page.ts'
import { inBox } from './outages-in-box.ts'

const MS_PER_S = 1000

export interface OutagesQuery {
  limit: number
  cursor?: string | undefined
  /** West, south, east, north in degrees. */
  bbox?: Box | undefined
  status?: OutageStatus | undefined
  /** With all areas below it. */
  area_id?: string | undefined
  /** Bounds on the start. */
  from?: string | undefined
  to?: string | undefined
}

/** An outage as the API shows it; one that goes on has the length it has by now. */
export function asOutage(row: OutageRow, areaName: string | null, now: Date): Outage {
  const endedAt = row.ended_at ?? now
  return {
    outage_id: row._id,
    area_id: row.area_id,
    area_name: areaName,
    status: row.ended_at === null ? 'ongoing' : 'restored',
    started_at: secondText(row.started_at),
    ended_at: row.ended_at && secondText(row.ended_at),
    duration_seconds: Math.max(
      0,
      Math.floor((endedAt.getTime() - row.started_at.getTime()) / MS_PER_S),
    ),
    local: row.local,
    devices: row.devices,
    customers_affected: row.customers_affected,
    bbox: row.cells ? boundsAround(row.cells.coordinates) : null,
  }
}

/** `GET /outages`: newest first. Throws `not_found` for an area that does not exist. */
export async function listOutages(deps: Deps, query: OutagesQuery): Promise<Outages> {
  const { limit } = query
  const rows = await deps.models.outages
    .find({ $and: [await filterOf(deps, query), afterCursor('started_at', query.cursor)] })
    .sort({ started_at: -1, _id: -1 })
    .limit(limit + 1)
    .lean()
  const names = await areaNames(
    deps,
    rows.map(({ area_id }) => area_id),
  )
  const now = deps.clock.now()
  return pageOf(
    rows,
    limit,
    (row) => ({ at: row.started_at, id: row._id }),
    (row) => asOutage(row, names.get(row.area_id) ?? null, now),
  )
}

/** `GET /areas/{id}/outages`. Throws `not_found`. */
export const listOutagesOfArea = (
  deps: Deps,
  areaId: string,
  query: Omit<OutagesQuery, 'area_id' | 'bbox'>,
): Promise<Outages> => listOutages(deps, { ...query, area_id: areaId })

async function filterOf(deps: Deps, { bbox, status, area_id, from, to }: OutagesQuery) {
  const started = { ...(from && { $gte: new Date(from) }), ...(to && { $lt: new Date(to) }) }
  return {
    ...(Object.keys(started).length > 0 && { started_at: started }),
    ...(status && { ended_at: status === 'ongoing' ? null : { $ne: null } }),
    ...(area_id && { area_id: { $in: await areaDescendants(deps, area_id) } }),
    ...(bbox && inBox(bbox)),
  }
}
