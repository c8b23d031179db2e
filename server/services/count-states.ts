import type { StateCounts } from '../../shared/api/map.ts'
import type { Deps } from './deps.ts'
import { silentBefore } from './device-state.ts'

/** What a group of devices adds up to. */
export interface DeviceSums {
  counts: StateCounts
  customers_off: number
  customers_served: number
}

/** Aggregation expressions that sum devices by state, by the rule of `stateNow`. */
export function stateSums(deps: Pick<Deps, 'clock' | 'settings'>) {
  const isOff = { $eq: ['$last.power_status', 'OFF'] }
  const isOn = {
    $and: [
      { $eq: ['$last.power_status', 'ON'] },
      { $gte: ['$last.received_at', silentBefore(deps)] },
    ],
  }
  const isSilent = { $and: [{ $not: [isOff] }, { $not: [isOn] }] }
  return {
    on: { $sum: { $cond: [isOn, 1, 0] } },
    off: { $sum: { $cond: [isOff, 1, 0] } },
    silent: { $sum: { $cond: [isSilent, 1, 0] } },
    customers_off: { $sum: { $cond: [isOff, '$customers_served', 0] } },
    customers_served: { $sum: '$customers_served' },
  }
}
