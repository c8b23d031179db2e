/** Places of complaints: what the public sees of them, and how far things are apart. */

export interface Coordinates {
  latitude: number
  longitude: number
}

/** Three decimals of a degree are about 100 m: enough to see a street, not whose door. */
const PUBLIC_DECIMALS = 3

/**
 * The place as the public sees it: the nearest point of a fixed grid of 0.001°. No chance is in it, so that asking often
 * tells no more than asking once.
 */
export const publicPlace = ({ latitude, longitude }: Coordinates): Coordinates => ({
  latitude: rounded(latitude),
  longitude: rounded(longitude),
})

// Adding zero turns −0, which JSON cannot tell, into 0.
const rounded = (degrees: number): number => Number(degrees.toFixed(PUBLIC_DECIMALS)) + 0

/** Text by which an exact place is committed to: six decimals each, `<lat>,<lon>`. */
export const placeText = ({ latitude, longitude }: Coordinates): string =>
  `${latitude.toFixed(6)},${longitude.toFixed(6)}`

const EARTH_RADIUS_M = 6_371_000
const METRES_PER_DEGREE = (Math.PI * EARTH_RADIUS_M) / 180
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Great-circle distance in metres, haversine on a sphere. */
export function metresBetween(a: Coordinates, b: Coordinates): number {
  const half = (from: number, to: number): number => Math.sin(radians(to - from) / 2) ** 2
  const square =
    half(a.latitude, b.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * half(a.longitude, b.longitude)
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(square)))
}

/** West, south, east, north of what lies within `metres`, and a little more. */
export function boxAround(
  { latitude, longitude }: Coordinates,
  metres: number,
): [west: number, south: number, east: number, north: number] {
  const high = metres / METRES_PER_DEGREE
  const wide = high / Math.max(0.01, Math.cos(radians(latitude)))
  return [longitude - wide, latitude - high, longitude + wide, latitude + high]
}
