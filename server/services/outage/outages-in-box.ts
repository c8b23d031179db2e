import { boxesOf, type Box } from '../../../shared/api/map.ts'

/** Places are kept in hundredths of a degree. */
const CELL_DEGREES = 0.01

/** Filter for outages of which a device stands inside, as nearly as its place is kept. */
export const inBox = (bbox: Box) => ({
  $or: boxesOf(bbox).map((box) => ({ $and: [...aroundOnSphere(box), inside(box)] })),
})

const inside = ([west, south, east, north]: Box) => ({
  'cells.coordinates': {
    $elemMatch: {
      0: { $gte: west - CELL_DEGREES, $lte: east + CELL_DEGREES },
      1: { $gte: south - CELL_DEGREES, $lte: north + CELL_DEGREES },
    },
  },
})

/** A wider box takes in most outages, which are found sooner by their time. */
const MAX_INDEXED_DEGREES = 30
/** Where meridians meet, a box has fewer than four sides. */
const MAX_INDEXED_LATITUDE = 89
const STEP_DEGREES = 1
/** Sides between points a step apart are great circles, which leave the parallel by less than this. */
const SPARE_DEGREES = 2 * CELL_DEGREES

/** For the index of places, which knows polygons on the sphere alone: one that holds the box, or nothing. */
function aroundOnSphere(box: Box): object[] {
  const south = box[1] - SPARE_DEGREES
  const north = box[3] + SPARE_DEGREES
  const west = Math.max(-180, box[0] - SPARE_DEGREES)
  const east = Math.min(180, box[2] + SPARE_DEGREES)
  const isTooFar = Math.max(-south, north) > MAX_INDEXED_LATITUDE
  if (isTooFar || east - west > MAX_INDEXED_DEGREES) return []
  const steps = Math.ceil((east - west) / STEP_DEGREES)
  const longitudes = Array.from({ length: steps + 1 }, (_, step) =>
    Math.min(east, west + step * STEP_DEGREES),
  )
  const ring = [
    ...longitudes.map((longitude) => [longitude, south]),
    ...longitudes.toReversed().map((longitude) => [longitude, north]),
    [west, south],
  ]
  return [{ cells: { $geoIntersects: { $geometry: { type: 'Polygon', coordinates: [ring] } } } }]
}
