import type { DeviceState } from '../../shared/api/map.ts'
import type { MapDevice } from './device-snapshot.ts'
import { silentBefore, type StateDeps } from './device-state.ts'

/** How the map reads the state of a device at the moment it is drawn for. */
export interface MapMoment {
  /** Null where the device was not in service. */
  stateOf(device: MapDevice): DeviceState | null
  /** When that state began by the device's own clock; null while nothing was ever heard. */
  sinceOf(device: MapDevice): string | null
  /** The moment itself; null where it is the latest that is known. */
  asOf: string | null
}

/** Now: by the latest reading of each device, by the rule of `stateNow`. */
export function mapMomentNow(deps: StateDeps): MapMoment {
  const silentBeforeAt = silentBefore(deps).getTime()
  return {
    stateOf({ powerStatus, receivedAt }) {
      if (powerStatus !== 'ON') return powerStatus === 'OFF' ? 'off' : 'silent'
      return receivedAt < silentBeforeAt ? 'silent' : 'on'
    },
    sinceOf: ({ since }) => since,
    asOf: null,
  }
}
