import type { DeviceState } from '../../../shared/api/map.ts'
import { SILENT_AFTER_HEARTBEATS } from '../../../shared/outage/rules.ts'
import type { DeviceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** What the state of a device now is told by. */
export interface StateDeps {
  clock: Deps['clock']
  settings: Pick<Deps['settings'], 'heartbeatMs'>
}

/** Server time before which an ON device must have been heard to count as on. */
export const silentBefore = ({ clock, settings }: StateDeps): Date =>
  new Date(clock.now().getTime() - SILENT_AFTER_HEARTBEATS * settings.heartbeatMs)

/** State of a device now, by its row. */
export const stateNow = ({ last }: Pick<DeviceRow, 'last'>, silentBeforeAt: Date): DeviceState =>
  stateHeard(last?.power_status ?? null, Number(last?.received_at), Number(silentBeforeAt))

/**
 * State by what a device said last and when that came, in ms since 1970. OFF stays off however quiet the device is; silence
 * is neither on nor off.
 */
export function stateHeard(
  powerStatus: 'ON' | 'OFF' | null,
  receivedAt: number,
  silentBeforeAt: number,
): DeviceState {
  if (powerStatus === null) return 'silent'
  if (powerStatus === 'OFF') return 'off'
  return receivedAt < silentBeforeAt ? 'silent' : 'on'
}
