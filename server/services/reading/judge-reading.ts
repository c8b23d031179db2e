import { canonicalText } from '../../../shared/json.ts'
import { MAX_CLOCK_AHEAD_MS } from '../../../shared/outage/rules.ts'
import type { ReadingRecord } from '../../../shared/record/index.ts'
import type { Deps } from '../deps.ts'
import type { SignedReading } from './open-reading.ts'
import { leafHashOfBody } from '../ledger/record-bodies.ts'
import { rowOfReading } from './reading-row.ts'
import type { ListedDevice } from './registry.ts'
import { Rejection } from './rejection.ts'
import type { StorableReading } from './store-readings.ts'

interface Judging {
  devices: ReadonlyMap<string, ListedDevice>
  receivedAt: Date
}

/** Judges a reading by the registry: what it becomes, or why it is not taken. */
export async function judgeReading(
  { verifier }: Pick<Deps, 'verifier'>,
  opened: SignedReading,
  { devices, receivedAt }: Judging,
): Promise<StorableReading | Rejection> {
  const { message, signature, place } = opened
  const { device_id, timestamp } = opened.content.reading
  if (place && place.device_id !== device_id) {
    return new Rejection(
      'wrong_topic',
      `topic: expected the device that signed, ${device_id}, got ${place.device_id}`,
    )
  }
  const device = devices.get(device_id)
  if (!device)
    return new Rejection(
      'unknown_device',
      `device_id: expected an enrolled device, got ${device_id}`,
    )
  if (!(await verifier.verify(device.public_key, message, signature))) {
    return new Rejection(
      'bad_signature',
      `signature: expected one by the enrolled key of ${device_id} over what it signs`,
    )
  }
  if (device.status !== 'active') {
    return new Rejection(
      'suspended_device',
      `device_id: expected an active device, ${device_id} is ${device.status}`,
    )
  }
  if (place && place.area_id !== device.area_id) {
    return new Rejection(
      'wrong_topic',
      `topic: expected the area of ${device_id}, ${device.area_id}, got ${place.area_id}`,
    )
  }
  const aheadMs = Date.parse(timestamp) - receivedAt.getTime()
  if (aheadMs > MAX_CLOCK_AHEAD_MS) {
    return new Rejection(
      'clock_ahead',
      `timestamp: expected at most ${MAX_CLOCK_AHEAD_MS / 60_000} minutes after ${receivedAt.toISOString()}, got ${timestamp}`,
    )
  }
  // An event that came between the two looks at the clock and the registry made the key count only then.
  const at = new Date(Math.max(receivedAt.getTime(), device.latest_event_at.getTime()))
  return { reading: opened.content.reading, row: rowOf(opened, device.area_id, at) }
}

/** Milliseconds until a device may hand in one more reading: 0 when it may now, and then this one is counted. */
export type DeviceAllowance = (deviceId: string) => number

/** Counts a reading its device is known to have signed, so that nobody else can use up the device's share. */
export function withinAllowance(
  item: StorableReading,
  allowance: DeviceAllowance,
): StorableReading | Rejection {
  const { device_id } = item.reading
  const waitMs = allowance(device_id)
  if (waitMs === 0) return item
  return new Rejection(
    'rate_limited',
    `device_id: ${device_id} handed in more readings than one device may; send again in ${Math.ceil(waitMs / 1000)} s`,
  )
}

function rowOf(
  { content, signed }: SignedReading,
  areaId: string,
  receivedAt: Date,
): StorableReading['row'] {
  const record: ReadingRecord = {
    v: 1,
    type: 'reading',
    area_id: areaId,
    received_at: receivedAt.toISOString(),
    ...content,
  }
  const body = canonicalText(record)
  return rowOfReading({ record, body, leafHash: leafHashOfBody(body), signed })
}
