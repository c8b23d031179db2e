import { z } from 'zod'
import {
  areaGeometrySchema,
  isSamePlace,
  mapRings,
  type AreaGeometry,
  type Position,
} from '../shared/area-geometry.ts'
import { MalformedError, parseAs } from '../shared/parse.ts'
import { CliError } from './cli-error.ts'
import { ringCrossing } from './ring-crossing.ts'

const DECIMALS = 6
const MIN_POSITIONS = 4

/** A Polygon or MultiPolygon with whatever other members; RFC 7946 §3.1 allows a bbox and more. */
const looseSchema = z.object({
  type: z.enum(['Polygon', 'MultiPolygon'], 'expected Polygon or MultiPolygon'),
  coordinates: z
    .array(z.json(), 'expected rings of positions')
    .min(1, 'expected rings of positions'),
})

/**
 * An outline as the portal takes it: degrees with 6 decimals (0.1 m), without altitudes and repeated positions. Nothing else is
 * repaired: throws `unreadable` for rings that are open, short, out of range, or cross or touch themselves. Rings may run
 * either way (RFC 7946 §3.1.6 asks readers to accept that), inside is the smaller side.
 */
export function readGeometry(value: unknown, what: string): AreaGeometry {
  const geometry = mapRings(strictly(value, what), rounded)
  for (const polygon of polygonsOf(geometry)) {
    const short = polygon.find((ring) => ring.length < MIN_POSITIONS)
    if (short) {
      const got = JSON.stringify(short)
      throw new CliError(
        'unreadable',
        `${what}: expected ≥ ${MIN_POSITIONS} positions apart from each other in a ring, got ${got}`,
      )
    }
    const crossing = ringCrossing(polygon)
    if (crossing !== undefined) {
      throw new CliError(
        'unreadable',
        `${what}: expected rings that neither cross nor touch themselves, but ${crossing}`,
      )
    }
  }
  return geometry
}

function strictly(value: unknown, what: string): AreaGeometry {
  try {
    const { type, coordinates } = parseAs(looseSchema, value, what)
    const flat = coordinates.map(withoutAltitude)
    return parseAs(areaGeometrySchema, { type, coordinates: flat }, what)
  } catch (cause) {
    if (!(cause instanceof MalformedError)) throw cause
    const [first, ...more] = cause.issues
    const place = first && first.path !== what ? `${first.path}: ` : ''
    const others = more.length > 0 ? ` (and ${more.length} more)` : ''
    throw new CliError('unreadable', `${what}: ${place}${first?.message}${others}`, { cause })
  }
}

/** RFC 7946 §3.1.1: a third number is an altitude, further ones mean nothing. */
function withoutAltitude(coordinates: unknown): unknown {
  if (!Array.isArray(coordinates)) return coordinates
  const isPosition = coordinates.length > 2 && coordinates.every((one) => typeof one === 'number')
  return isPosition ? coordinates.slice(0, 2) : coordinates.map(withoutAltitude)
}

const polygonsOf = (geometry: AreaGeometry): Position[][][] =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates

function rounded(ring: Position[]): Position[] {
  const round = (degrees: number): number => Number(degrees.toFixed(DECIMALS))
  return ring
    .map(([longitude, latitude]): Position => [round(longitude), round(latitude)])
    .filter((position, index, all) => {
      const before = all[index - 1]
      return before === undefined || !isSamePlace(before, position)
    })
}
