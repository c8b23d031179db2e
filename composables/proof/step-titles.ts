import type { Step } from '../../shared/verification/index.ts'

/** The question each step answers, in the order they are asked; formats.md §5. */
export const STEP_TITLES: Record<Step, string> = {
  malformed: 'Is it a proof at all?',
  record_hash: 'Is the record the one it names?',
  device_signature: 'Did the sensor sign it?',
  inclusion: 'Is it sealed in the batch?',
  anchor: 'Does Ethereum hold this batch?',
  enrolment: 'Was the sensor enrolled?',
  batch_file: 'Is the whole batch on IPFS?',
  disclosure: 'Do the disclosed texts match?',
}

/** Steps in their order. */
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
