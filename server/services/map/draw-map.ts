import {
  boxesOf,
  MAX_MAP_FEATURES,
  type Box,
  type DeviceState,
  type MapAnswer,
  type MapFeature,
  type StateCounts,
} from '../../../shared/api/map.ts'
import { mapDevices, type MapDevice } from '../device/device-snapshot.ts'
import { mapMomentAt, type MapMoment, type MomentDeps } from './map-moment.ts'

export interface MapQuery {
  /** West, south, east, north in degrees. */
  bbox: Box
  /** Web map zoom level: the world is 256 · 2^zoom pixels wide. */
  zoom?: number | undefined
  /** A moment within the last two days; without it, now. */
  at?: string | undefined
}

/** Cells along the longer side of the view; squared it stays below the feature limit. */
const CELLS_PER_SIDE = 40
/** A cell is at least this much of the width of a map tile, so that clusters do not lie on each other. */
const TILES_PER_CELL = 1 / 4
const WORLD_DEGREES = 360
const COORDINATE_DECIMALS = 1e5

interface Shown {
  device: MapDevice
  place: readonly [longitude: number, latitude: number]
  state: DeviceState
}

/** `GET /map`: each device where there are few, clusters on a grid where there are many. Throws `malformed` for a moment that is too long ago or to come. */
export async function drawMap(deps: MomentDeps, query: MapQuery): Promise<MapAnswer> {
  const moment = await mapMomentAt(deps, query.at)
  const [isInside, isAcross] = boxesOf(query.bbox).map(insideOf)
  const counts: StateCounts = { on: 0, off: 0, silent: 0 }
  const clusters = clusterGrid(cellDegrees(query))
  const shown: Shown[] = []
  let latest: MapDevice | null = null
  for (const device of (await mapDevices(deps)).values()) {
    const { place } = device
    if (!place) continue
    if (!isInside?.(place) && !isAcross?.(place)) continue
    const state = moment.stateOf(device)
    if (state === null) continue
    counts[state] += 1
    // In one pass over a hundred thousand: which of the two is shown is known at its end.
    clusters.add(place, state)
    if (shown.length <= MAX_MAP_FEATURES) shown.push({ device, place, state })
    if (latest === null || device.measuredAt > latest.measuredAt) latest = device
  }
  const features =
    shown.length <= MAX_MAP_FEATURES
      ? shown.map((one) => deviceFeature(one, moment))
      : clusters.features()
  const asOf = moment.asOf ?? latest?.timestamp ?? null
  return { type: 'FeatureCollection', features, counts, as_of: asOf }
}

/** Asked for each of a hundred thousand devices. */
const insideOf = ([west, south, east, north]: Box) => {
  return (place: Shown['place']): boolean =>
    place[0] >= west && place[0] <= east && place[1] >= south && place[1] <= north
}

const deviceFeature = ({ device, place, state }: Shown, moment: MapMoment): MapFeature => ({
  type: 'Feature',
  id: device.id,
  geometry: { type: 'Point', coordinates: [place[0], place[1]] },
  properties: {
    kind: 'device',
    area_id: device.areaId,
    state,
    since: moment.sinceOf(device),
    customers_served: device.customersServed,
    stage: device.stage,
  },
})

/** Side of a cluster's cell: by the zoom level where it is told, and never so small that there are too many. */
function cellDegrees({ bbox: [west, south, east, north], zoom }: MapQuery): number {
  const width = west < east ? east - west : east - west + WORLD_DEGREES
  const smallest = Math.max(width, north - south) / CELLS_PER_SIDE
  if (zoom === undefined) return smallest
  return Math.max(smallest, (WORLD_DEGREES / 2 ** zoom) * TILES_PER_CELL)
}

interface Cell extends StateCounts {
  x: number
  y: number
  longitudes: number
  latitudes: number
}

/** Devices counted by the cells of a grid. */
function clusterGrid(degrees: number) {
  const cells = new Map<number, Cell>()
  const columns = Math.ceil(WORLD_DEGREES / degrees) + 1
  return {
    add([longitude, latitude]: Shown['place'], state: DeviceState): void {
      const x = Math.floor(longitude / degrees)
      const y = Math.floor(latitude / degrees)
      const key = y * columns + x
      let cell = cells.get(key)
      if (!cell) {
        cell = { x, y, on: 0, off: 0, silent: 0, longitudes: 0, latitudes: 0 }
        cells.set(key, cell)
      }
      cell[state] += 1
      cell.longitudes += longitude
      cell.latitudes += latitude
    },
    features: (): MapFeature[] => [...cells.values()].map(clusterFeature),
  }
}

function clusterFeature({ x, y, on, off, silent, longitudes, latitudes }: Cell): MapFeature {
  const devices = on + off + silent
  return {
    type: 'Feature',
    id: `${x}:${y}`,
    geometry: {
      type: 'Point',
      coordinates: [rounded(longitudes / devices), rounded(latitudes / devices)],
    },
    properties: { kind: 'cluster', counts: { on, off, silent } },
  }
}

const rounded = (degrees: number): number =>
  Math.round(degrees * COORDINATE_DECIMALS) / COORDINATE_DECIMALS
