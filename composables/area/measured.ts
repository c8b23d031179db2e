import type { FigureSet } from '../../shared/api/reliability.ts'
import { servedDays, type SupplyDay } from './days.ts'

/** What was counted itself, before anything is divided or reckoned up to a period. */
export interface Measured {
  /** Customers interrupted for more than 5 minutes, each as often as it happened. */
  sustained: number
  /** … for 5 minutes or less. */
  momentary: number
  /** Minutes without power, added up over the customers. */
  customerMinutesOff: number
}

/** Recovers the sums from indices, each of which is a sum by customers served; null where they are unknown. */
export function measuredOf({
  saifi,
  saidi,
  maifi,
  customers_served: served,
}: Pick<FigureSet, 'saifi' | 'saidi' | 'maifi' | 'customers_served'>): Measured | null {
  if (saifi.value === null || saidi.value === null || maifi.value === null) return null
  if (served.value === null) return null
  return {
    sustained: Math.round(saifi.value * served.value),
    momentary: Math.round(maifi.value * served.value),
    customerMinutesOff: Math.round(saidi.value * served.value),
  }
}

/** Below this share of its days, what was measured says nothing of a period. */
const LEAST_SHARE = 0.1

/** Whether sensors were in service on too few of these days to reckon up to all of them. */
export function isTooShort(days: readonly SupplyDay[]): boolean {
  const found = servedDays(days)
  return found !== null && found.served < found.of * LEAST_SHARE
}
