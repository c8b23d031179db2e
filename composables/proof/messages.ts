import type { Evidence, Step } from '../../shared/verification/index.ts'
import type { VerificationSources } from '../../stores/sources.ts'

/** What the page asks of the verification worker. An empty source is not asked. */
export interface VerificationRequest {
  /** Text of the bundle, exactly as it was received. */
  bundle: string
  sources: VerificationSources
}

/** What the worker answers, in order: evidence of each step, then one of the others. */
export type VerificationMessage =
  | { kind: 'evidence'; evidence: Evidence }
  | { kind: 'done' }
  | { kind: 'disproved'; step: Step; reason: string }
  | { kind: 'failed'; reason: string }
