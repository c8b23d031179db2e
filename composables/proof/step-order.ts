import type { Step } from '../../shared/verification/index.ts'

/** Steps in the order they are asked; formats.md §5. */
export const STEP_ORDER: readonly Step[] = [
  'malformed',
  'record_hash',
  'device_signature',
  'inclusion',
  'anchor',
  'enrolment',
  'batch_file',
  'disclosure',
]
