import type { Evidence, Step } from '../shared/verification/index.ts'
import type { VerificationSources } from '../stores/sources.ts'
import type { VerificationMessage, VerificationRequest } from './proof/messages.ts'

/** How a verification stands: the verdict in one word once it is over. */
export type Verdict = 'proved' | 'incomplete' | 'disproved' | 'failed'

export interface Refutation {
  step: Step
  reason: string
}

export interface Verification {
  isRunning: boolean
  /** Steps shown so far, in their order. */
  evidence: Evidence[]
  refutation: Refutation | null
  /** Why the check itself broke down; says nothing about the record. */
  failure: string | null
  verdict: Verdict | null
}

const IDLE: Verification = {
  isRunning: false,
  evidence: [],
  refutation: null,
  failure: null,
  verdict: null,
}

const verdictOf = (evidence: readonly Evidence[]): Verdict =>
  evidence.some(({ status }) => status === 'not_checked') ? 'incomplete' : 'proved'

/** Verifies bundles in a web worker, one at a time; a new one takes the place of the one before. */
export function useVerification() {
  const verification = shallowRef<Verification>(IDLE)
  let worker: Worker | null = null

  function stop() {
    worker?.terminate()
    worker = null
  }

  function end(change: Partial<Verification>) {
    stop()
    verification.value = { ...verification.value, ...change, isRunning: false }
  }

  function onMessage({ data }: MessageEvent<VerificationMessage>) {
    const { evidence } = verification.value
    switch (data.kind) {
      case 'evidence':
        verification.value = { ...verification.value, evidence: [...evidence, data.evidence] }
        return
      case 'disproved':
        end({ refutation: { step: data.step, reason: data.reason }, verdict: 'disproved' })
        return
      case 'failed':
        end({ failure: data.reason, verdict: 'failed' })
        return
      case 'done':
        end({ verdict: verdictOf(evidence) })
    }
  }

  function verify(bundle: string, sources: VerificationSources) {
    stop()
    verification.value = { ...IDLE, isRunning: true }
    worker = new Worker(new URL('./proof/worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', onMessage)
    worker.addEventListener('error', ({ message }) => end({ failure: message, verdict: 'failed' }))
    const request: VerificationRequest = { bundle, sources: { ...sources } }
    worker.postMessage(request)
  }

  function clear() {
    stop()
    verification.value = IDLE
  }

  onScopeDispose(stop)
  return { verification, verify, clear }
}
