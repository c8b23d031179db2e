import type { DeviceState } from '../../shared/api/map.ts'
import type { AreaSummary } from '../map/area-figures.ts'

/** The state by which an area is shown: off where any sensor says so; silent where none says anything. */
export const stateOf = ({ counts }: Pick<AreaSummary, 'counts'>): DeviceState =>
  counts.off > 0 ? 'off' : counts.on > 0 ? 'on' : 'silent'
