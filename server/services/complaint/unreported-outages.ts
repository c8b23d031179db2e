import { boundsAround } from '../../../shared/area-geometry.ts'
import type { UnreportedOutage } from '../../../shared/api/complaint-admin.ts'
import { dueAt } from '../../../shared/complaint/index.ts'
import { areaDescendants } from '../area/area-descendants.ts'
import { ENTERED } from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import type { Official } from './official.ts'

/** Of the outages that go on, the latest this many are looked at. */
const MAX_OUTAGES = 200
/** Places of outages are kept in hundredths of a degree: what lies in the same hundredth counts as the same place. */
const CELL_DEGREES = 0.01

/**
 * Measured outages that go on and that nobody complained of where they are, since they began: their clock runs from the
 * measurement, as that of a fuse. Without local ones. Of these areas and those within them; null for all.
 */
export async function unreportedOutages(
  deps: Deps,
  areas: Official['areas'],
): Promise<UnreportedOutage[]> {
  const { models, clock, complaintDesk } = deps
  const rows = await models.outages
    .find({ ended_at: null, local: false, ...(await inAreas(deps, areas)) })
    // Along it the order comes by itself, however many areas are asked for.
    .hint({ ended_at: 1, started_at: -1, _id: -1 })
    .sort({ started_at: -1, _id: -1 })
    .limit(MAX_OUTAGES)
    .lean()
  const ids = [...new Set(rows.map(({ area_id }) => area_id))]
  const known = await models.areas.find({ _id: { $in: ids } }, { area_type: 1 }).lean()
  const types = new Map(known.map(({ _id, area_type }) => [_id, area_type ?? null]))
  const items: UnreportedOutage[] = []
  for (const row of rows) {
    const { area_id, started_at, cells } = row
    const complaint = { ...ENTERED, areas: area_id, filed_at: { $gte: started_at } }
    if (await models.complaints.exists({ ...complaint, ...around(cells?.coordinates) })) continue
    const startedAt = started_at.toISOString()
    const areaType = types.get(area_id) ?? null
    const due_at = dueAt(complaintDesk.clockHours, startedAt, 'fuse_off', areaType)
    items.push({
      outage_id: row._id,
      area_id,
      started_at: startedAt,
      due_at,
      is_overdue: Date.parse(due_at) < clock.now().getTime(),
      devices: row.devices,
      customers_affected: row.customers_affected,
    })
  }
  return items
}

async function inAreas(deps: Deps, areas: Official['areas']): Promise<Record<string, unknown>> {
  if (areas === null) return {}
  const within = await Promise.all(areas.map((area) => areaDescendants(deps, area)))
  return { area_id: { $in: [...new Set(within.flat())] } }
}

/** Filter for complaints about where an outage is; where that is not public, its whole area. */
function around(coordinates: [number, number][] | undefined): Record<string, unknown> {
  if (coordinates === undefined) return {}
  const [west, south, east, north] = boundsAround(coordinates)
  return {
    'point.coordinates.0': { $gte: west - CELL_DEGREES, $lte: east + CELL_DEGREES },
    'point.coordinates.1': { $gte: south - CELL_DEGREES, $lte: north + CELL_DEGREES },
  }
}
