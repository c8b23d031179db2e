import { CodedError } from '../../../shared/coded-error.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { findDeviceRow } from '../device/record-device-event.ts'

/** What of a device decides whether its readings count. */
export type ListedDevice = Pick<
  DeviceRow,
  '_id' | 'area_id' | 'public_key' | 'status' | 'latest_event_at' | 'changing_until'
>

const LISTED = {
  area_id: 1,
  public_key: 1,
  status: 1,
  latest_event_at: 1,
  changing_until: 1,
  pending_event: 1,
} as const

/** Devices by their ids, in this order, null where none is enrolled; with nothing pending, as the ledger says they are. */
export async function findDevices(
  deps: Pick<Deps, 'models'>,
  ids: readonly string[],
): Promise<(ListedDevice | null)[]> {
  const rows = await deps.models.devices.find({ _id: { $in: [...new Set(ids)] } }, LISTED).lean()
  const settled = await Promise.all(
    rows.map((row) => (row.pending_event === null ? row : findDeviceRow(deps, row._id))),
  )
  const devices = new Map<string, ListedDevice>(settled.map((row) => [row._id, row]))
  return ids.map((id) => devices.get(id) ?? null)
}

/** Throws `store_unavailable` in the moment in which a device is changed: no reading of it can be dated then. */
export function expectUnchanging({ _id, changing_until }: ListedDevice, now: Date): void {
  if (changing_until === null || changing_until <= now) return
  throw new CodedError(
    'store_unavailable',
    `device_id: ${_id} is being changed in this moment; send again`,
  )
}
