import type { DeviceState } from '../../../shared/api/map.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** After this many heartbeats without a word a device that said ON is silent; formats.md §8. */
export const SILENT_AFTER_HEARTBEATS = 3

/** What the state of a device now is told by. */
export interface StateDeps {
  clock: Deps['clock']
  settings: Pick<Deps['settings'], 'heartbeatMs'>
}

/** Server time before which an ON device must have been heard to count as on. */
export const silentBefore = ({ clock, settings }: StateDeps): Date =>
  new Date(clock.now().getTime() - SILENT_AFTER_HEARTBEATS * settings.heartbeatMs)

/** State of a device now. OFF stays off however quiet the device is; silence is neither on nor off. */
export function stateNow(
  row: Pick<DeviceRow, 'last' | 'status'>,
  silentBeforeAt: Date,
): DeviceState {
  if (!row.last) return 'silent'
  if (row.last.power_status === 'OFF') return 'off'
  return row.last.received_at < silentBeforeAt ? 'silent' : 'on'
}
