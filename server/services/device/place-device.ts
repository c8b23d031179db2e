import type { Enrolment } from '../../../shared/api/devices.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { areaAncestry, type AreaAncestry } from '../area/area-ancestry.ts'
import type { Deps } from '../deps.ts'

/** Where a device is, as far as that is public: coordinates, or no more than that a commitment to them exists. */
type StatedPlace = Pick<Enrolment['device'], 'latitude' | 'longitude' | 'location_commitment'>

export interface DeviceToPlace {
  /** The area as stated, undefined where the coordinates are to tell. */
  area_id?: string | undefined
  device: StatedPlace
}

interface Holder {
  _id: string
  square_metres: number | null
}

/**
 * Each device with its area, in their order: the area stated, else the smallest that holds its coordinates. Smallest is first a
 * matter of the tree: an area gives way to any that lies in it, so that generalised or equal outlines mislead nobody. Among
 * what is left (overlaps, borders, several trees) it is the one with fewest square metres, then the first by id.
 * A border belongs to the areas on both sides. Sides of an outline are great circles, as MongoDB sees them.
 *
 * Throws `unknown_area` for a stated area that does not exist and for coordinates outside all areas, `malformed` where
 * neither area nor coordinates are stated.
 */
export async function placeDevices<Device extends DeviceToPlace>(
  deps: Pick<Deps, 'models'>,
  devices: readonly Device[],
): Promise<(Device & { area_id: string })[]> {
  await expectKnownAreas(deps, devices)
  const found = await Promise.all(
    devices.map(async (stated) => ({
      stated,
      holders: stated.area_id === undefined ? await holdersOf(deps, stated.device) : [],
    })),
  )
  const ids = found.flatMap(({ holders }) => holders.map(({ _id }) => _id))
  const ancestry = await areaAncestry(deps, ids)
  return found.map(({ stated, holders }) => {
    const area_id = stated.area_id ?? smallest(holders, ancestry)?._id
    if (area_id !== undefined) return { ...stated, area_id }
    const { latitude, longitude } = stated.device
    throw new CodedError(
      'unknown_area',
      `area_id: expected an area of this portal that holds latitude ${latitude}, longitude ${longitude}, got none; state one, or import the area`,
    )
  })
}

async function expectKnownAreas(
  { models }: Pick<Deps, 'models'>,
  devices: readonly DeviceToPlace[],
): Promise<void> {
  const wanted = new Set(devices.flatMap(({ area_id }) => (area_id === undefined ? [] : [area_id])))
  const areas = await models.areas.find({ _id: { $in: [...wanted] } }, { _id: 1 }).lean()
  const missing = [...wanted.difference(new Set(areas.map(({ _id }) => _id)))]
  if (missing.length > 0) {
    throw new CodedError(
      'unknown_area',
      `area_id: expected an area of this portal, got ${missing.join(', ')}`,
    )
  }
}

async function holdersOf(
  { models }: Pick<Deps, 'models'>,
  { latitude, longitude }: StatedPlace,
): Promise<Holder[]> {
  if (latitude === undefined || longitude === undefined) {
    throw new CodedError(
      'malformed',
      'area_id: expected one beside location_commitment, which tells nobody where the device is, got none',
    )
  }
  const point = { type: 'Point', coordinates: [longitude, latitude] }
  return models.areas
    .find({ geometry: { $geoIntersects: { $geometry: point } } }, { square_metres: 1 })
    .lean<Holder[]>()
}

function smallest(holders: readonly Holder[], { ancestorsOf }: AreaAncestry): Holder | undefined {
  const outer = new Set(holders.flatMap(({ _id }) => ancestorsOf(_id)))
  const [first] = holders
    .filter(({ _id }) => !outer.has(_id))
    .toSorted((a, b) => sizeOf(a) - sizeOf(b) || (a._id < b._id ? -1 : 1))
  return first
}

const sizeOf = ({ square_metres }: Holder): number => square_metres ?? Infinity
