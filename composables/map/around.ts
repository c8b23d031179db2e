import type { MapAnswer } from '../../shared/api/map.ts'
import type { MapBox } from '../paths.ts'

export interface Place {
  latitude: number
  longitude: number
}

/** What the sensors around a place say. */
export interface Around {
  on: number
  off: number
  silent: number
  /** When the first of those that are off lost mains; null where that is not known. */
  offSince: string | null
  /** Area most of them stand in; null where there are too many to be told apart. */
  areaId: string | null
}

/** The portal learns no place, only this grid's box around it: a kilometre or two. */
const GRID_PER_DEGREE = 100

/** The cell of the grid a place lies in, with half a cell around it. */
export function boxAroundPlace({ latitude, longitude }: Place): MapBox {
  const low = (degrees: number) => (Math.floor(degrees * GRID_PER_DEGREE) - 0.5) / GRID_PER_DEGREE
  const side = 2 / GRID_PER_DEGREE
  const west = low(longitude)
  const south = low(latitude)
  return { west, south, east: west + side, north: south + side }
}

/** Sums up the map of a box. */
export function aroundOf({ counts, features }: MapAnswer): Around {
  const devices = features.flatMap(({ properties }) =>
    properties.kind === 'device' ? [properties] : [],
  )
  const since = devices.flatMap(({ state, since }) => (state === 'off' && since ? [since] : []))
  const byArea = Map.groupBy(devices, ({ area_id }) => area_id)
  const [most] = [...byArea].sort(([, a], [, b]) => b.length - a.length)
  return { ...counts, offSince: since.sort()[0] ?? null, areaId: most?.[0] ?? null }
}
