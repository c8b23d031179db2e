import { MAX_MAP_FEATURES, type MapAnswer, type MapFeature } from '../../shared/api/map.ts'
import type { DeviceRow } from '../models/index.ts'
import { stateSums } from './count-states.ts'
import type { Deps } from './deps.ts'
import { silentBefore, stateNow } from './device-state.ts'

export interface MapQuery {
  /** West, south, east, north in degrees. */
  bbox: readonly [number, number, number, number]
  /** Web map zoom level: the world is 256 · 2^zoom pixels wide. */
  zoom?: number | undefined
}

/** Cells along the longer side of the view; squared it stays below the feature limit. */
const CELLS_PER_SIDE = 40
/** A cell is at least this much of the width of a map tile, so that clusters do not lie on each other. */
const TILES_PER_CELL = 1 / 4
const WORLD_DEGREES = 360
const COORDINATE_DECIMALS = 1e5

/** `GET /map`: each device where there are few, clusters on a grid where there are many. */
export async function drawMap(deps: Deps, query: MapQuery): Promise<MapAnswer> {
  const { devices } = deps.models
  const match = { status: 'active' as const, ...within(query.bbox) }
  const [totals] = await devices.aggregate<{
    on: number
    off: number
    silent: number
    as_of: string | null
  }>([
    { $match: match },
    { $group: { _id: null, ...stateSums(deps), as_of: { $max: '$last.timestamp' } } },
  ])
  const counts = { on: totals?.on ?? 0, off: totals?.off ?? 0, silent: totals?.silent ?? 0 }
  const isFew = counts.on + counts.off + counts.silent <= MAX_MAP_FEATURES
  const features = isFew
    ? await deviceFeatures(deps, match)
    : await clusterFeatures(deps, match, cellDegrees(query))
  return { type: 'FeatureCollection', features, counts, as_of: totals?.as_of ?? null }
}

const within = ([west, south, east, north]: MapQuery['bbox']) => ({
  'point.coordinates.0': { $gte: west, $lte: east },
  'point.coordinates.1': { $gte: south, $lte: north },
})

async function deviceFeatures(deps: Deps, match: Record<string, unknown>): Promise<MapFeature[]> {
  const rows = await deps.models.devices.find(match).sort({ _id: 1 }).limit(MAX_MAP_FEATURES).lean()
  const silentBeforeAt = silentBefore(deps)
  return rows.flatMap((row) => (row.point ? [deviceFeature(row, row.point, silentBeforeAt)] : []))
}

const deviceFeature = (
  row: DeviceRow,
  point: NonNullable<DeviceRow['point']>,
  silentBeforeAt: Date,
): MapFeature => ({
  type: 'Feature',
  id: row._id,
  geometry: { type: 'Point', coordinates: point.coordinates },
  properties: {
    kind: 'device',
    area_id: row.area_id,
    state: stateNow(row, silentBeforeAt),
    since: row.last?.since ?? null,
    customers_served: row.customers_served,
    stage: row.stage,
  },
})

/** Side of a cluster's cell: by the zoom level where it is told, and never so small that there are too many. */
function cellDegrees({ bbox: [west, south, east, north], zoom }: MapQuery): number {
  const smallest = Math.max(east - west, north - south) / CELLS_PER_SIDE
  if (zoom === undefined) return smallest
  return Math.max(smallest, (WORLD_DEGREES / 2 ** zoom) * TILES_PER_CELL)
}

async function clusterFeatures(
  deps: Deps,
  match: Record<string, unknown>,
  degrees: number,
): Promise<MapFeature[]> {
  const longitude = { $arrayElemAt: ['$point.coordinates', 0] }
  const latitude = { $arrayElemAt: ['$point.coordinates', 1] }
  const cell = {
    x: { $floor: { $divide: [longitude, degrees] } },
    y: { $floor: { $divide: [latitude, degrees] } },
  }
  const rows = await deps.models.devices.aggregate<{
    _id: { x: number; y: number }
    on: number
    off: number
    silent: number
    longitude: number
    latitude: number
  }>([
    { $match: match },
    {
      $group: {
        _id: cell,
        ...stateSums(deps),
        longitude: { $avg: longitude },
        latitude: { $avg: latitude },
      },
    },
    { $limit: MAX_MAP_FEATURES },
  ])
  return rows.map((row) => ({
    type: 'Feature',
    id: `${row._id.x}:${row._id.y}`,
    geometry: { type: 'Point', coordinates: [rounded(row.longitude), rounded(row.latitude)] },
    properties: { kind: 'cluster', counts: { on: row.on, off: row.off, silent: row.silent } },
  }))
}

const rounded = (degrees: number): number =>
  Math.round(degrees * COORDINATE_DECIMALS) / COORDINATE_DECIMALS
