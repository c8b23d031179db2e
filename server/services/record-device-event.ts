import { toHex, utf8 } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { canonicalText, parseJson } from '../../shared/json.ts'
import { leafHashOf } from '../../shared/merkle/index.ts'
import { parseRecord, type DeviceEventRecord, type DeviceFacts } from '../../shared/record/index.ts'
import type { DeviceRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { insertNew } from './insert-new.ts'

/**
 * A device event is decided on the device's row first, as `pending_event`, by compare-and-swap; then it becomes a record;
 * then the row takes on what it says. A crash between is finished by whoever meets the pending event next, so the
 * ledger holds each decision exactly once.
 */

type Deciding = Pick<Deps, 'models' | 'clock'>

export interface DecidedEvent {
  record: DeviceEventRecord
  body: string
  leafHash: string
}

/** The record of an event, now, with its bytes and leaf hash. */
export function decideEvent(
  { clock }: Pick<Deps, 'clock'>,
  event: Pick<DeviceEventRecord, 'area_id' | 'device' | 'event' | 'reason'>,
): DecidedEvent {
  const record: DeviceEventRecord = {
    v: 1,
    type: 'device_event',
    at: clock.now().toISOString(),
    ...event,
  }
  const body = canonicalText(record)
  return { record, body, leafHash: toHex(leafHashOf(utf8(body))) }
}

/** Status of a device after an event; a new key or place alone does not end a suspension. */
const STATUS_AFTER = {
  enrolled: 'active',
  key_rotated: null,
  moved: null,
  resumed: 'active',
  suspended: 'suspended',
  revoked: 'revoked',
} as const

/** What the row says once the event counts. */
export function rowAfter({ record, leafHash }: DecidedEvent): Partial<DeviceRow> {
  const { device, area_id, event, at } = record
  const status = STATUS_AFTER[event]
  const beginsKey = event === 'enrolled' || event === 'key_rotated' || event === 'moved'
  return {
    area_id,
    public_key: device.public_key,
    stage: device.stage,
    customers_served: device.customers_served,
    latest_event_at: new Date(at),
    ...(status && { status }),
    ...placeOf(device),
    ...(beginsKey && { enrolment: { leaf_hash: leafHash, area_id } }),
  }
}

function placeOf({ latitude, longitude, location_commitment }: DeviceFacts): Partial<DeviceRow> {
  if (latitude !== undefined && longitude !== undefined) {
    return { point: { type: 'Point', coordinates: [longitude, latitude] } }
  }
  return location_commitment === undefined ? {} : { location_commitment }
}

/** The facts of a device as its row holds them. */
export function factsOf(row: DeviceRow): DeviceFacts {
  const [longitude, latitude] = row.point?.coordinates ?? []
  return {
    device_id: row._id,
    public_key: row.public_key,
    stage: row.stage,
    customers_served: row.customers_served,
    ...(latitude !== undefined && longitude !== undefined
      ? { latitude, longitude }
      : { location_commitment: row.location_commitment }),
  }
}

/** Finishes the pending event of a device, if there is one. Repeatable, by anyone. */
export async function finishPendingEvent({ models }: Deciding, row: DeviceRow): Promise<void> {
  if (row.pending_event === null) return
  const body = row.pending_event
  const record = parseRecord(parseJson(body))
  if (record.type !== 'device_event')
    throw new Error(`device ${row._id}: its pending event is a ${record.type}`)
  const leafHash = toHex(leafHashOf(utf8(body)))
  await insertNew(models.records, [
    {
      _id: leafHash,
      area_id: record.area_id,
      type: 'device_event' as const,
      ordered_at: new Date(record.at),
      body,
      batch_number: null,
      device_id: row._id,
    },
  ])
  const after = rowAfter({ record, body, leafHash })
  const noLonger = after.point ? { location_commitment: 1 } : { point: 1 }
  await models.devices.updateOne(
    { _id: row._id, latest_event: leafHash, pending_event: body },
    { $set: { ...after, pending_event: null }, $unset: noLonger },
  )
}

/** The row of a device with nothing pending. Throws `not_found`. */
export async function findDeviceRow(deps: Deciding, deviceId: string): Promise<DeviceRow> {
  const row = await deps.models.devices.findById(deviceId).lean()
  if (!row) throw new CodedError('not_found', `device: none with id ${deviceId}`)
  if (row.pending_event === null) return row
  await finishPendingEvent(deps, row)
  return findDeviceRow(deps, deviceId)
}
