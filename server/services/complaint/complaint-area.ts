import type { ComplaintRequest } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { placeDevices } from '../device/place-device.ts'

/** The smallest area that holds the place, else the one stated. Throws `unknown_area`. */
export async function areaOfPlace(
  deps: Deps,
  { latitude, longitude, area_id }: Pick<ComplaintRequest, 'latitude' | 'longitude' | 'area_id'>,
): Promise<string> {
  const device = { latitude, longitude }
  try {
    const [placed] = await placeDevices(deps, [{ device }])
    if (placed) return placed.area_id
  } catch (error) {
    const isOutside = error instanceof CodedError && error.code === 'unknown_area'
    if (!isOutside || area_id === undefined) throw error
  }
  const [stated] = await placeDevices(deps, [{ area_id, device }])
  if (!stated) throw new Error('complaint: expected its place in an area')
  return stated.area_id
}
