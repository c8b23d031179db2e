import { upTo, type Period } from './periods.ts'
import {
  MS_PER_SECOND,
  OUTAGE_RULES_VERSION,
  PROVISIONAL_BELOW,
  SECONDS_PER_MINUTE,
} from './rules.ts'
import type { Sums } from './sums.ts'

/**
 * Why a figure is unknown: no device was in service; none served a customer; all were silent throughout, so nothing is
 * known; no customer was interrupted, so there is no duration to average.
 */
export type Unknown = 'no_devices' | 'no_customers' | 'all_silent' | 'no_interruptions'

/** A figure, or null with the reason: what is unknown is never 0. */
export type Figure = { value: number; unknown: null } | { value: null; unknown: Unknown }

export const INDICES = ['saifi', 'saidi', 'caidi', 'maifi', 'asai'] as const
export type Index = (typeof INDICES)[number]

/** Indices never go without their coverage. */
export interface Figures extends Record<Index, Figure> {
  rules: number
  /** Interruptions per customer (`saifi`, `maifi`), minutes (`saidi`, `caidi`), share of time (`asai`, `coverage`). */
  coverage: Figure
  /** Coverage is below 80 %; null where it is unknown. */
  provisional: boolean | null
  /** Mean over the period. */
  customersServed: Figure
}

const known = (value: number): Figure => ({ value, unknown: null })
const unknown = (reason: Unknown): Figure => ({ value: null, unknown: reason })

function whyUnknown(sums: Sums): Unknown | null {
  if (sums.deviceSecondsEnrolled === 0) return 'no_devices'
  if (sums.customerSecondsServed === 0) return 'no_customers'
  return sums.deviceSecondsSilent === sums.deviceSecondsEnrolled ? 'all_silent' : null
}

function indices(sums: Sums, periodSeconds: number): Record<Index, Figure> {
  const reason = whyUnknown(sums)
  if (reason) {
    const none = unknown(reason)
    return { saifi: none, saidi: none, caidi: none, maifi: none, asai: none }
  }
  const served = sums.customerSecondsServed / periodSeconds
  const minutesOff = sums.customerSecondsOff / SECONDS_PER_MINUTE
  return {
    saifi: known(sums.sustained / served),
    saidi: known(minutesOff / served),
    caidi: sums.sustained === 0 ? unknown('no_interruptions') : known(minutesOff / sums.sustained),
    maifi: known(sums.momentary / served),
    asai: known(1 - sums.customerSecondsOff / sums.customerSecondsServed),
  }
}

/**
 * The published figures of sums over `period`, as far as it had passed at `asOfAt`: what had not is neither served nor
 * interrupted. CAIDI and ASAI are SAIDI / SAIFI and 1 − SAIDI / minutes, reduced so that they do not round twice.
 */
export function figuresOf(sums: Sums, period: Period, asOfAt: number): Figures {
  const { fromAt, toAt } = upTo(period, asOfAt)
  const periodSeconds = (toAt - fromAt) / MS_PER_SECOND
  const enrolled = sums.deviceSecondsEnrolled
  const coverage = enrolled === 0 ? null : 1 - sums.deviceSecondsSilent / enrolled
  return {
    rules: OUTAGE_RULES_VERSION,
    ...indices(sums, periodSeconds),
    coverage: coverage === null ? unknown('no_devices') : known(coverage),
    provisional: coverage === null ? null : coverage < PROVISIONAL_BELOW,
    customersServed:
      enrolled === 0 ? unknown('no_devices') : known(sums.customerSecondsServed / periodSeconds),
  }
}
