import type { Acceptance, RejectionCode } from '../../shared/api/readings.ts'
import { toHex } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { canonicalText } from '../../shared/json.ts'
import { signatureFromBase64url, utf8 } from '../../shared/bytes.ts'
import { leafHashOf } from '../../shared/merkle/index.ts'
import { MalformedError } from '../../shared/parse.ts'
import {
  parseReading,
  signedBytes,
  signedDigest,
  type Reading,
} from '../../shared/reading/index.ts'
import type { ReadingRecord } from '../../shared/record/index.ts'
import type { DeviceRow, RecordRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { findDeviceRow } from './record-device-event.ts'
import { storeReadings, type StorableReading } from './store-readings.ts'

/** How far ahead of the server a device's clock may be. */
const MAX_CLOCK_AHEAD_MS = 5 * 60_000

class Rejection extends Error {
  readonly code: RejectionCode
  constructor(code: RejectionCode, detail: string) {
    super(detail)
    this.code = code
  }
}

/**
 * Road step 4: takes readings as they came, answers for each in the same order. What is answered `accepted` or
 * `duplicate` is durable in the database and bears a signed receipt; what is `rejected` changed nothing, but for an
 * equivocation, which is kept as evidence. Throws only when the database is away, or `store_unavailable` in the moment
 * in which a device is changed: then nothing was promised.
 */
export async function acceptReadings(
  deps: Deps,
  values: readonly unknown[],
): Promise<Acceptance[]> {
  // Taken before the registry is read: a device seen as active was active at this time.
  const receivedAt = deps.clock.now()
  const parsed = values.map(parse)
  const devices = await findDevices(deps, parsed)
  const checked = await Promise.all(
    parsed.map((reading) => check(deps, reading, devices, receivedAt)),
  )

  const storable = checked.filter((item): item is StorableReading => !(item instanceof Rejection))
  const stored = await storeReadings(deps, storable)
  return checked.map((item) =>
    item instanceof Rejection
      ? { status: 'rejected', code: item.code, detail: item.message }
      : (stored.get(item) ?? notStored()),
  )
}

function notStored(): never {
  throw new Error('every storable reading has an answer')
}

function parse(value: unknown): Reading | Rejection {
  try {
    return parseReading(value)
  } catch (error) {
    if (error instanceof MalformedError) return new Rejection('malformed', error.message)
    throw error
  }
}

async function findDevices(
  deps: Deps,
  readings: readonly (Reading | Rejection)[],
): Promise<Map<string, DeviceRow>> {
  const ids = new Set(
    readings.flatMap((reading) => (reading instanceof Rejection ? [] : [reading.device_id])),
  )
  if (ids.size === 0) return new Map()
  const rows = await deps.models.devices.find({ _id: { $in: [...ids] } }).lean()
  const settled = rows.map((row) =>
    row.pending_event === null ? row : findDeviceRow(deps, row._id),
  )
  const devices = new Map((await Promise.all(settled)).map((row) => [row._id, row]))
  for (const { _id, changing_until } of devices.values()) {
    if (changing_until !== null && changing_until > deps.clock.now()) {
      throw new CodedError(
        'store_unavailable',
        `device_id: ${_id} is being changed in this moment; send again`,
      )
    }
  }
  return devices
}

async function check(
  { verifier }: Deps,
  reading: Reading | Rejection,
  devices: Map<string, DeviceRow>,
  receivedAt: Date,
): Promise<StorableReading | Rejection> {
  if (reading instanceof Rejection) return reading
  const device = devices.get(reading.device_id)
  if (!device)
    return new Rejection(
      'unknown_device',
      `device_id: expected an enrolled device, got ${reading.device_id}`,
    )

  const signed = signedBytes(reading)
  if (
    !(await verifier.verify(
      device.public_key,
      signed,
      signatureFromBase64url(reading.device_signature),
    ))
  ) {
    return new Rejection(
      'bad_signature',
      `device_signature: expected one by the enrolled key of ${reading.device_id} over the canonical members`,
    )
  }
  if (device.status !== 'active') {
    return new Rejection(
      'suspended_device',
      `device_id: expected an active device, ${reading.device_id} is ${device.status}`,
    )
  }
  const aheadMs = Date.parse(reading.timestamp) - receivedAt.getTime()
  if (aheadMs > MAX_CLOCK_AHEAD_MS) {
    return new Rejection(
      'clock_ahead',
      `timestamp: expected at most ${MAX_CLOCK_AHEAD_MS / 60_000} minutes after ${receivedAt.toISOString()}, got ${reading.timestamp}`,
    )
  }
  // An event that came between the two looks at the clock and the registry made the key count only then.
  const at = new Date(Math.max(receivedAt.getTime(), device.latest_event_at.getTime()))
  return { reading, row: rowOf(reading, device.area_id, toHex(signedDigest(signed)), at) }
}

function rowOf(
  reading: Reading,
  areaId: string,
  digest: string,
  receivedAt: Date,
): RecordRow & { seq: number } {
  const record: ReadingRecord = {
    v: 1,
    type: 'reading',
    area_id: areaId,
    received_at: receivedAt.toISOString(),
    reading,
  }
  const body = canonicalText(record)
  return {
    _id: toHex(leafHashOf(utf8(body))),
    area_id: areaId,
    type: 'reading',
    ordered_at: receivedAt,
    body,
    batch_number: null,
    device_id: reading.device_id,
    seq: reading.seq,
    measured_at: new Date(reading.timestamp),
    digest,
  }
}
