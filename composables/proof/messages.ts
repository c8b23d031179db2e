import type { Evidence, Mismatch, Refusal, Step } from '../../shared/verification/index.ts'
import type { VerificationSources } from '../../stores/sources.ts'

/** What the page asks of the verification worker. An empty source is not asked. */
export interface VerificationRequest {
  /** Stands on every answer to it. */
  run: number
  /** Text of the bundle, exactly as it was received. */
  bundle: string
  sources: VerificationSources
}

/** What the worker answers to a run, in order: evidence of each step, then one of the others. */
export type VerificationAnswer =
  | { kind: 'evidence'; evidence: Evidence }
  | { kind: 'done' }
  | {
      kind: 'stopped'
      refusal: Refusal
      step: Step
      reason: string
      mismatch: Mismatch | null
    }
  | { kind: 'failed'; reason: string }

/** Once, when its code is there; then answers. */
export type VerificationMessage = { kind: 'ready' } | (VerificationAnswer & { run: number })
