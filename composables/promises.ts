/** The promises of the portal in their order; what each says stands in the catalogue `about.trust.promise`. */
export const PROMISES = [
  { name: 'origin', command: 'audit', page: 'verify' },
  { name: 'gaps', command: 'audit', page: null },
  { name: 'unchanged', command: 'mirror', page: 'batches' },
  { name: 'receipt', command: 'receipt', page: null },
  { name: 'recompute', command: 'compare', page: null },
  { name: 'privacy', command: 'file', page: 'privacy' },
  { name: 'missing', command: 'areas', page: null },
] as const

export type PromiseName = (typeof PROMISES)[number]['name']
