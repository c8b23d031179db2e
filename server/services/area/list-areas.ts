import type { Area, StateCounts } from '../../../shared/api/map.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AreaRow } from '../../models/index.ts'
import { mapDevices } from '../device/device-snapshot.ts'
import { mapMomentAt, type MapMoment, type MomentDeps } from '../map/map-moment.ts'

type DeviceSums = Pick<Area, 'counts' | 'customers_off' | 'customers_served'>

/** All areas with the state of their devices at a moment, those of the areas within them included. */
async function sumUpAreas(deps: MomentDeps, at?: string, hasOutlines = true): Promise<Area[]> {
  const moment = await mapMomentAt(deps, at)
  const shown = {
    name: 1,
    kind: 1,
    parent_id: 1,
    area_type: 1,
    ...(hasOutlines && { outline: 1 }),
  } as const
  const areas = await deps.models.areas.find({}, shown).sort({ _id: 1 }).lean()
  const byId = new Map(areas.map((area) => [area._id, asArea(area)]))
  for (const [areaId, sums] of await ownSums(deps, moment)) {
    const seen = new Set<string>()
    for (
      let area = byId.get(areaId);
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

/** Sums over the devices directly in each area, from memory. */
async function ownSums(deps: MomentDeps, moment: MapMoment): Promise<Map<string, DeviceSums>> {
  const byArea = new Map<string, DeviceSums>()
  for (const device of (await mapDevices(deps)).values()) {
    const state = moment.stateOf(device)
    if (state === null) continue
    let sums = byArea.get(device.areaId)
    if (!sums) {
      sums = { counts: { on: 0, off: 0, silent: 0 }, customers_off: 0, customers_served: 0 }
      byArea.set(device.areaId, sums)
    }
    sums.counts[state] += 1
    sums.customers_served += device.customersServed
    if (state === 'off') sums.customers_off += device.customersServed
  }
  return byArea
}

/** Share of devices that were heard lately; null where there is none. */
function coverageOf({ on, off, silent }: StateCounts): number | null {
  const devices = on + off + silent
  return devices === 0 ? null : (on + off) / devices
}

type ShownArea = Pick<AreaRow, '_id' | 'name' | 'kind' | 'parent_id' | 'area_type'> &
  Partial<Pick<AreaRow, 'outline'>>

const asArea = (row: ShownArea): Area => ({
  area_id: row._id,
  name: row.name,
  kind: row.kind,
  area_type: row.area_type ?? null,
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
  /** A moment within the last two days; without it, now. */
  at?: string | undefined
}

/** `GET /areas`: the tree of areas with outlines simplified for the map, ordered by id; the cursor is the last id. Throws `malformed` as `drawMap` does. */
export async function listAreas(
  deps: MomentDeps,
  { limit, cursor, geometry, at }: AreasQuery,
): Promise<{ items: Area[]; next: string | null }> {
  const areas = (await sumUpAreas(deps, at, geometry !== 'none')).filter(
    ({ area_id }) => cursor === undefined || area_id > cursor,
  )
  const items = areas.slice(0, limit)
  return { items, next: areas.length > limit ? (items.at(-1)?.area_id ?? null) : null }
}

/** `GET /areas/{id}`. Throws `not_found`. */
export async function findArea(deps: MomentDeps, areaId: string): Promise<Area> {
  const area = (await sumUpAreas(deps)).find(({ area_id }) => area_id === areaId)
  if (!area) throw new CodedError('not_found', `area: none with id ${areaId}`)
  return area
}
