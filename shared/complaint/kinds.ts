/** What one may complain of here. */
export const COMPLAINT_KINDS = [
  'no_supply',
  'low_voltage',
  'high_voltage',
  'hazard',
  'repeated_outages',
] as const
export type ComplaintKind = (typeof COMPLAINT_KINDS)[number]

/** Not handled here, but by the utility's customer office: told so, rather than taken and left lying. */
export const KINDS_OF_ANOTHER_OFFICE = ['billing'] as const

/**
 * Whether sensors that say OFF contradict that a complaint of this kind is resolved. A hazard may well be mended by
 * switching off.
 */
export const needsMains = (kind: ComplaintKind): boolean => kind !== 'hazard'
