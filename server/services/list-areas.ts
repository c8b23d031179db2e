import type { Area, StateCounts } from '../../shared/api/map.ts'
import { CodedError } from '../../shared/coded-error.ts'
import type { AreaRow } from '../models/index.ts'
import { stateSums, type DeviceSums } from './count-states.ts'
import type { Deps } from './deps.ts'

interface AreaSums extends DeviceSums {
  areaId: string
}

/** Sums over the devices directly in each area. */
async function ownSums(deps: Deps): Promise<AreaSums[]> {
  const rows: {
    _id: string
    on: number
    off: number
    silent: number
    customers_off: number
    customers_served: number
  }[] = await deps.models.devices.aggregate([
    { $match: { status: 'active' } },
    { $group: { _id: '$area_id', ...stateSums(deps) } },
  ])
  return rows.map(({ _id, on, off, silent, customers_off, customers_served }) => ({
    areaId: _id,
    counts: { on, off, silent },
    customers_off,
    customers_served,
  }))
}

/** All areas with the state of their devices now, those of the areas within them included. */
async function sumUpAreas(deps: Deps, hasOutlines = true): Promise<Area[]> {
  const shown = { name: 1, kind: 1, parent_id: 1, ...(hasOutlines && { outline: 1 }) } as const
  const areas = await deps.models.areas.find({}, shown).sort({ _id: 1 }).lean()
  const byId = new Map(areas.map((area) => [area._id, asArea(area)]))
  for (const sums of await ownSums(deps)) {
    const seen = new Set<string>()
    for (
      let area = byId.get(sums.areaId);
      area && !seen.has(area.area_id);
      area = byId.get(area.parent_id ?? '')
    ) {
      seen.add(area.area_id)
      area.counts.on += sums.counts.on
      area.counts.off += sums.counts.off
      area.counts.silent += sums.counts.silent
      area.customers_off += sums.customers_off
      area.customers_served += sums.customers_served
    }
  }
  for (const area of byId.values()) area.coverage = coverageOf(area.counts)
  return [...byId.values()]
}

/** Share of devices that were heard lately; null where there is none. */
function coverageOf({ on, off, silent }: StateCounts): number | null {
  const devices = on + off + silent
  return devices === 0 ? null : (on + off) / devices
}

type ShownArea = Pick<AreaRow, '_id' | 'name' | 'kind' | 'parent_id'> &
  Partial<Pick<AreaRow, 'outline'>>

const asArea = (row: ShownArea): Area => ({
  area_id: row._id,
  name: row.name,
  kind: row.kind,
  parent_id: row.parent_id,
  counts: { on: 0, off: 0, silent: 0 },
  customers_off: 0,
  customers_served: 0,
  coverage: null,
  geometry: row.outline ?? null,
})

interface AreasQuery {
  limit: number
  cursor?: string | undefined
  /** Without outlines. */
  geometry?: 'none' | undefined
}

/** `GET /areas`: the tree of areas with outlines simplified for the map, ordered by id; the cursor is the last id. */
export async function listAreas(
  deps: Deps,
  { limit, cursor, geometry }: AreasQuery,
): Promise<{ items: Area[]; next: string | null }> {
  const areas = (await sumUpAreas(deps, geometry !== 'none')).filter(
    ({ area_id }) => cursor === undefined || area_id > cursor,
  )
  const items = areas.slice(0, limit)
  return { items, next: areas.length > limit ? (items.at(-1)?.area_id ?? null) : null }
}

/** `GET /areas/{id}`. Throws `not_found`. */
export async function findArea(deps: Deps, areaId: string): Promise<Area> {
  const area = (await sumUpAreas(deps)).find(({ area_id }) => area_id === areaId)
  if (!area) throw new CodedError('not_found', `area: none with id ${areaId}`)
  return area
}
