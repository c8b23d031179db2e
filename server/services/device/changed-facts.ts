import type { DeviceEventRequest } from '../../../shared/api/devices.ts'
import { publicKeyFromHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { DeviceFacts } from '../../../shared/record/index.ts'
import { expectP256Point } from '../../../shared/signature/index.ts'
import type { DeviceRow } from '../../models/index.ts'
import { factsOf } from './record-device-event.ts'

export const isPlaceStated = ({
  latitude,
  longitude,
  location_commitment,
}: DeviceEventRequest): boolean =>
  latitude !== undefined || longitude !== undefined || location_commitment !== undefined

/** The facts of a device after an event. Throws `malformed` for facts the event does not change. */
export function changedFacts(row: DeviceRow, request: DeviceEventRequest): DeviceFacts {
  const { event, public_key, latitude, longitude, location_commitment, area_id } = request
  const facts = factsOf(row)
  const isMoved = isPlaceStated(request)
  if ((public_key !== undefined) !== (event === 'key_rotated')) {
    throw new CodedError(
      'malformed',
      `public_key: expected with key_rotated and only there, the event is ${event}`,
    )
  }
  if (event !== 'moved' && (isMoved || area_id !== undefined)) {
    throw new CodedError('malformed', `place: expected with moved only, the event is ${event}`)
  }
  if (public_key === row.public_key) {
    throw new CodedError('malformed', 'public_key: expected another key than the enrolled one')
  }
  if (public_key !== undefined) expectP256Point(publicKeyFromHex(public_key))
  if (!isMoved) return { ...facts, ...(public_key && { public_key }) }
  const { device_id, stage, customers_served } = facts
  const isPlace =
    (latitude !== undefined && longitude !== undefined) !== (location_commitment !== undefined)
  if (!isPlace)
    throw new CodedError(
      'malformed',
      'place: expected latitude and longitude, or location_commitment',
    )
  const place =
    location_commitment === undefined ? { latitude, longitude } : { location_commitment }
  return { device_id, public_key: facts.public_key, stage, customers_served, ...place }
}
