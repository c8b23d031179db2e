import type { SensorsNow } from '../../../shared/api/complaints.ts'
import {
  boxAround,
  metresBetween,
  publicPlace,
  type Coordinates,
} from '../../../shared/complaint/index.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { silentBefore, stateNow } from '../device/device-state.ts'

/** docs/formats/complaint.md, "Contradicted by sensors". */
export const AROUND_M = 250
const TRANSFORMER_WITHIN_M = 1_000

type Asking = Pick<Deps, 'models' | 'clock' | 'settings'>
type Sensor = Pick<DeviceRow, '_id' | 'status' | 'stage' | 'area_id' | 'point' | 'last'>

export interface SensorsAround {
  now: SensorsNow
  /** Those that say OFF, with the device time since which they do. */
  off: { deviceId: string; since: string }[]
}

/**
 * What the sensors around a place say now: those within 250 m of the rounded place, else the nearest transformer of the area
 * within 1 km. Along the index of the map.
 */
export async function sensorsAround(
  deps: Asking,
  place: Coordinates,
  areaId: string | null,
): Promise<SensorsAround> {
  const centre = publicPlace(place)
  const near = await sensorsWithin(deps, centre, AROUND_M)
  if (near.length > 0) return told(deps, near, AROUND_M)
  const transformers = await sensorsWithin(deps, centre, TRANSFORMER_WITHIN_M)
  const nearest = transformers.find(
    ({ stage, area_id }) => stage === 'transformer' && area_id === areaId,
  )
  return nearest ? told(deps, [nearest], TRANSFORMER_WITHIN_M) : told(deps, [], AROUND_M)
}

/** Active sensors with a public place, the nearest first. */
async function sensorsWithin(
  { models }: Asking,
  centre: Coordinates,
  metres: number,
): Promise<Sensor[]> {
  const [west, south, east, north] = boxAround(centre, metres)
  const rows = await models.devices
    .find(
      {
        status: 'active',
        'point.coordinates.0': { $gte: west, $lte: east },
        'point.coordinates.1': { $gte: south, $lte: north },
      },
      { status: 1, stage: 1, area_id: 1, point: 1, last: 1 },
    )
    .lean<Sensor[]>()
  return rows
    .map((row) => ({ row, metres: distance(row, centre) }))
    .filter((found) => found.metres <= metres)
    .sort((a, b) => a.metres - b.metres || (a.row._id < b.row._id ? -1 : 1))
    .map(({ row }) => row)
}

function distance({ point }: Sensor, centre: Coordinates): number {
  if (!point) return Infinity
  const [longitude, latitude] = point.coordinates
  return metresBetween(centre, { latitude, longitude })
}

function told(deps: Asking, sensors: readonly Sensor[], within_m: number): SensorsAround {
  const silentBeforeAt = silentBefore(deps)
  const states = Map.groupBy(sensors, (sensor) => stateNow(sensor, silentBeforeAt))
  const off = (states.get('off') ?? []).flatMap(({ _id, last }) =>
    last ? [{ deviceId: _id, since: last.since }] : [],
  )
  const since = off.map((sensor) => sensor.since).sort()
  return {
    now: {
      on: states.get('on')?.length ?? 0,
      off: off.length,
      silent: states.get('silent')?.length ?? 0,
      within_m,
      devices: off.map(({ deviceId }) => deviceId),
      off_since: since.at(-1) ?? null,
    },
    off,
  }
}
