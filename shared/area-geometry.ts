import { z } from 'zod'

/** Radius of the sphere MongoDB computes on, in metres. */
const EARTH_RADIUS_M = 6_378_100
const RADIANS = Math.PI / 180
const MIN_POSITIONS = 4
const LAST_LONGITUDE = 180
const LAST_LATITUDE = 90

const degrees = (limit: number) =>
  z
    .number()
    .min(-limit, `expected −${limit} to ${limit}`)
    .max(limit, `expected −${limit} to ${limit}`)

/** Longitude and latitude in degrees, WGS 84; RFC 7946 §3.1.1, without altitude. */
const positionSchema = z.tuple(
  [degrees(LAST_LONGITUDE), degrees(LAST_LATITUDE)],
  'expected [longitude, latitude]',
)
export type Position = z.infer<typeof positionSchema>

const isClosed = (ring: readonly Position[]): boolean => {
  const [first, last] = [ring[0], ring.at(-1)]
  return first !== undefined && last !== undefined && isSamePlace(first, last)
}

/** RFC 7946 §3.1.6. Which way a ring runs is not asked: the same section forbids to refuse a ring for it. */
const ringSchema = z
  .array(positionSchema, 'expected positions')
  .min(MIN_POSITIONS, `expected ≥ ${MIN_POSITIONS} positions`)
  .refine(isClosed, 'expected a closed ring, its last position being its first')

const polygonSchema = z.array(ringSchema, 'expected rings').min(1, 'expected rings')

/** Outline of an area as it is imported: GeoJSON Polygon or MultiPolygon. */
export const areaGeometrySchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('Polygon'), coordinates: polygonSchema }),
    z.strictObject({
      type: z.literal('MultiPolygon'),
      coordinates: z.array(polygonSchema, 'expected polygons').min(1, 'expected polygons'),
    }),
  ],
  'expected Polygon or MultiPolygon',
)
export type AreaGeometry = z.infer<typeof areaGeometrySchema>

export const isSamePlace = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

/** The same geometry with each ring replaced. */
export function mapRings(
  geometry: AreaGeometry,
  change: (ring: Position[]) => Position[],
): AreaGeometry {
  return geometry.type === 'Polygon'
    ? { type: 'Polygon', coordinates: geometry.coordinates.map(change) }
    : { type: 'MultiPolygon', coordinates: geometry.coordinates.map((part) => part.map(change)) }
}

/** Area in square metres on a sphere, holes taken off, whichever way the rings run. */
export function squareMetres(geometry: AreaGeometry): number {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons
    .map(([outer = [], ...holes]) => holes.reduce((sum, hole) => sum - inRing(hole), inRing(outer)))
    .reduce((sum, part) => sum + part, 0)
}

/** Chamberlain and Duquette, "Some Algorithms for Polygons on a Sphere", JPL 2007, eq. 1: the trapezoids below the sides. */
function inRing(ring: readonly Position[]): number {
  const sum = ring.reduce((total, [longitude, latitude], index) => {
    const [toLongitude, toLatitude] = ring[index + 1] ?? [longitude, latitude]
    const turn = (toLongitude - longitude) * RADIANS
    return total + turn * (2 + Math.sin(latitude * RADIANS) + Math.sin(toLatitude * RADIANS))
  }, 0)
  return (Math.abs(sum) * EARTH_RADIUS_M ** 2) / 2
}

/** West, south, east, north around places, in degrees. */
export function boundsAround(places: readonly Position[]): [number, number, number, number] {
  let [west, south, east, north] = [LAST_LONGITUDE, LAST_LATITUDE, -LAST_LONGITUDE, -LAST_LATITUDE]
  for (const [longitude, latitude] of places) {
    west = Math.min(west, longitude)
    east = Math.max(east, longitude)
    south = Math.min(south, latitude)
    north = Math.max(north, latitude)
  }
  return [west, south, east, north]
}

/** West, south, east, north of a geometry, in degrees. */
export const boundsOf = (geometry: AreaGeometry): [number, number, number, number] =>
  boundsAround(
    geometry.type === 'Polygon' ? geometry.coordinates.flat() : geometry.coordinates.flat(2),
  )
