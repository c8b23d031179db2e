import type { Area, StateCounts } from '../../../shared/api/map.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AreaRow, Models } from '../../models/index.ts'
import { mapDevices, mapDevicesIn, type MapDevice } from '../device/device-snapshot.ts'
import { areaDescendants } from './area-descendants.ts'
import { mapMomentAt, type MapMoment, type MomentDeps } from '../map/map-moment.ts'

type DeviceSums = Pick<Area, 'counts' | 'customers_off' | 'customers_served'>

const noSums = (): DeviceSums => ({
  counts: { on: 0, off: 0, silent: 0 },
  customers_off: 0,
  customers_served: 0,
})

function addTo(sums: DeviceSums, more: DeviceSums): void {
  sums.counts.on += more.counts.on
  sums.counts.off += more.counts.off
  sums.counts.silent += more.counts.silent
  sums.customers_off += more.customers_off
  sums.customers_served += more.customers_served
}

/** Sums over devices by the area they are directly in. */
function sumsByArea(devices: Iterable<MapDevice>, moment: MapMoment): Map<string, DeviceSums> {
  const byArea = new Map<string, DeviceSums>()
  for (const device of devices) {
    const state = moment.stateOf(device)
    if (state === null) continue
    let sums = byArea.get(device.areaId)
    if (!sums) {
      sums = noSums()
      byArea.set(device.areaId, sums)
    }
    sums.counts[state] += 1
    sums.customers_served += device.customersServed
    if (state === 'off') sums.customers_off += device.customersServed
  }
  return byArea
}

/** The devices of all areas at a moment, those of the areas within them included. */
async function sumUpAreas(deps: MomentDeps, at?: string): Promise<Map<string, DeviceSums>> {
  const moment = await mapMomentAt(deps, at)
  const areas = await deps.models.areas.find({}, { parent_id: 1 }).lean()
  const parents = new Map(areas.map(({ _id, parent_id }) => [_id, parent_id]))
  const sums = new Map(areas.map(({ _id }) => [_id, noSums()]))
  for (const [areaId, own] of sumsByArea((await mapDevices(deps)).values(), moment)) {
    // Two changes at once may have closed a circle.
    const seen = new Set<string>()
    for (
      let id: string | null = areaId;
      id !== null && !seen.has(id);
      id = parents.get(id) ?? null
    ) {
      seen.add(id)
      const above = sums.get(id)
      if (above) addTo(above, own)
    }
  }
  return sums
}

/** All who ask within this time share the sums: a page is asked for in pages, and by many. */
const SHARED_MS = 1_000
const shared = new WeakMap<Models, { askedMs: number; sums: Promise<Map<string, DeviceSums>> }>()

function sumsOf(deps: MomentDeps, at: string | undefined): Promise<Map<string, DeviceSums>> {
  if (at !== undefined) return sumUpAreas(deps, at)
  const askedMs = deps.clock.now().getTime()
  const last = shared.get(deps.models)
  if (last && Math.abs(askedMs - last.askedMs) < SHARED_MS) return last.sums
  const sums = sumUpAreas(deps)
  shared.set(deps.models, { askedMs, sums })
  // The next who asks tries again.
  sums.catch(() => shared.delete(deps.models))
  return sums
}

/** Share of devices that were heard lately; null where there is none. */
function coverageOf({ on, off, silent }: StateCounts): number | null {
  const devices = on + off + silent
  return devices === 0 ? null : (on + off) / devices
}

type ShownArea = Pick<AreaRow, '_id' | 'name' | 'kind' | 'parent_id' | 'area_type'> &
  Partial<Pick<AreaRow, 'outline'>>

const asArea = (row: ShownArea, sums: DeviceSums): Area => ({
  area_id: row._id,
  name: row.name,
  kind: row.kind,
  area_type: row.area_type ?? null,
  parent_id: row.parent_id,
  ...sums,
  coverage: coverageOf(sums.counts),
  geometry: row.outline ?? null,
})

const SHOWN = { name: 1, kind: 1, parent_id: 1, area_type: 1 } as const

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
  const shown = geometry === 'none' ? SHOWN : { ...SHOWN, outline: 1 as const }
  const [sums, rows] = await Promise.all([
    sumsOf(deps, at),
    deps.models.areas
      .find(cursor === undefined ? {} : { _id: { $gt: cursor } }, shown)
      .sort({ _id: 1 })
      .limit(limit + 1)
      .lean<ShownArea[]>(),
  ])
  const items = rows.slice(0, limit).map((row) => asArea(row, sums.get(row._id) ?? noSums()))
  return { items, next: rows.length > limit ? (items.at(-1)?.area_id ?? null) : null }
}

/** `GET /areas/{id}`. Throws `not_found`. */
export async function findArea(deps: MomentDeps, areaId: string): Promise<Area> {
  const areaIds = await areaDescendants(deps, areaId)
  const [moment, devices, row] = await Promise.all([
    mapMomentAt(deps, undefined),
    mapDevicesIn(deps, areaIds),
    deps.models.areas.findById(areaId, { ...SHOWN, outline: 1 }).lean<ShownArea>(),
  ])
  if (!row) throw new CodedError('not_found', `area: none with id ${areaId}`)
  const sums = noSums()
  for (const own of sumsByArea(devices, moment).values()) addTo(sums, own)
  return asArea(row, sums)
}
