import type { Acceptance } from '../../shared/api/readings.ts'
import { CodedError } from '../../shared/coded-error.ts'
import type { DeviceRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { judgeReading, withinAllowance, type DeviceAllowance } from './judge-reading.ts'
import { openReading, type HandedIn, type SignedReading } from './open-reading.ts'
import { findDeviceRow } from './record-device-event.ts'
import { Rejection } from './rejection.ts'
import { storeReadings, type StorableReading } from './store-readings.ts'

/**
 * Road step 4: takes readings as they came, answers for each in the same order. What is answered `accepted` or
 * `duplicate` is durable in the database and bears a signed receipt; what is `rejected` changed nothing, but for an
 * equivocation, which is kept as evidence. Throws only when the database is away, or `store_unavailable` in the moment
 * in which a device is changed: then nothing was promised.
 */
export async function acceptReadings(
  deps: Deps,
  handedIn: readonly HandedIn[],
  allowance: DeviceAllowance,
): Promise<Acceptance[]> {
  // Taken before the registry is read: a device seen as active was active at this time.
  const receivedAt = deps.clock.now()
  const opened = handedIn.map(openReading)
  const devices = await findDevices(deps, opened)
  const sound = await Promise.all(
    opened.map((reading) =>
      reading instanceof Rejection ? reading : judgeReading(deps, reading, { devices, receivedAt }),
    ),
  )
  const judged = sound.map((item) =>
    item instanceof Rejection ? item : withinAllowance(item, allowance),
  )

  const storable = judged.filter((item): item is StorableReading => !(item instanceof Rejection))
  const stored = await storeReadings(deps, storable)
  return judged.map((item) =>
    item instanceof Rejection
      ? { status: 'rejected', code: item.code, detail: item.message }
      : (stored.get(item) ?? notStored()),
  )
}

function notStored(): never {
  throw new Error('every storable reading has an answer')
}

async function findDevices(
  deps: Deps,
  readings: readonly (SignedReading | Rejection)[],
): Promise<Map<string, DeviceRow>> {
  const ids = new Set(
    readings.flatMap((opened) =>
      opened instanceof Rejection ? [] : [opened.content.reading.device_id],
    ),
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
