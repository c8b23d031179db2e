import { toHex, utf8 } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { canonicalText, parseJson } from '../../../shared/json.ts'
import { leafHashOf } from '../../../shared/merkle/index.ts'
import {
  parseRecord,
  STANDING_AFTER,
  type DeviceEventRecord,
  type DeviceFacts,
} from '../../../shared/record/index.ts'
import type { DeviceRow, RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'

/**
 * What happens to a device is decided on its row first, as `pending_event`, by compare-and-swap; then it becomes a record,
 * or several that say it together; then the row takes on what they say. A crash between is finished by whoever meets
 * the pending event next, so the ledger holds each decision exactly once and whole.
 */

type Finishing = Pick<Deps, 'models'>

export interface DecidedEvent {
  record: DeviceEventRecord
  body: string
  leafHash: string
}

/** The record of an event at this time of the server's clock, with its bytes and leaf hash. */
export function decideEvent(
  at: Date,
  event: Pick<DeviceEventRecord, 'area_id' | 'device' | 'event' | 'reason'>,
): DecidedEvent {
  const record: DeviceEventRecord = {
    v: 1,
    type: 'device_event',
    at: at.toISOString(),
    ...event,
  }
  const body = canonicalText(record)
  return { record, body, leafHash: toHex(leafHashOf(utf8(body))) }
}

const BEGINS_KEY: readonly string[] = ['enrolled', 'key_rotated', 'moved']

/** What the row says once the events of one decision count. */
export function rowAfter(events: readonly DecidedEvent[]): Partial<DeviceRow> {
  const last = events.at(-1)
  if (!last) throw new Error('device: expected a decision of at least one event, got none')
  const { device, area_id, at } = last.record
  const status = events
    .map(({ record }) => STANDING_AFTER[record.event])
    .findLast((standing) => standing !== null)
  const begin = events.findLast(({ record }) => BEGINS_KEY.includes(record.event))
  return {
    area_id,
    public_key: device.public_key,
    stage: device.stage,
    customers_served: device.customers_served,
    latest_event_at: new Date(at),
    ...(status && { status }),
    ...placeOf(device),
    ...(begin && { enrolment: { leaf_hash: begin.leafHash, area_id: begin.record.area_id } }),
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
export async function finishPendingEvent({ models }: Finishing, row: DeviceRow): Promise<void> {
  if (row.pending_event === null) return
  const events = row.pending_event.map((body) => readDecided(row, body))
  const after = rowAfter(events)
  await insertNew(models.records, events.map(rowOfRecord))
  const noLonger = after.point ? { location_commitment: 1 } : { point: 1 }
  await models.devices.updateOne(
    { _id: row._id, latest_event: events.at(-1)?.leafHash, pending_event: row.pending_event },
    { $set: { ...after, pending_event: null }, $unset: noLonger },
  )
}

function readDecided(row: DeviceRow, body: string): DecidedEvent {
  const record = parseRecord(parseJson(body))
  if (record.type !== 'device_event')
    throw new Error(`device ${row._id}: its pending event is a ${record.type}`)
  return { record, body, leafHash: toHex(leafHashOf(utf8(body))) }
}

/** The row of a device event that waits for its batch. */
export const rowOfRecord = ({ record, body, leafHash }: DecidedEvent): RecordRow => ({
  _id: leafHash,
  area_id: record.area_id,
  type: 'device_event',
  ordered_at: new Date(record.at),
  body,
  batch_number: null,
  device_id: record.device.device_id,
  underived: true,
})

/** The row of a device with nothing pending. Throws `not_found`. */
export async function findDeviceRow(deps: Finishing, deviceId: string): Promise<DeviceRow> {
  const row = await deps.models.devices.findById(deviceId).lean()
  if (!row) throw new CodedError('not_found', `device: none with id ${deviceId}`)
  if (row.pending_event === null) return row
  await finishPendingEvent(deps, row)
  return findDeviceRow(deps, deviceId)
}
