import type { Evidence, Mismatch, Refusal, Step } from '../shared/verification/index.ts'
import type { VerificationSources } from '../stores/sources.ts'
import type {
  VerificationAnswer,
  VerificationMessage,
  VerificationRequest,
} from './proof/messages.ts'

/** How a verification stands: the verdict in one word once it is over. */
export type Verdict = 'proved' | 'incomplete' | Refusal | 'failed'

/** The step that stopped a verification; only as `disproved` does it speak against the record. */
export interface Stop {
  step: Step
  refusal: Refusal
  reason: string
  mismatch: Mismatch | null
}

export interface Verification {
  isRunning: boolean
  /** Steps shown so far, in their order. */
  evidence: Evidence[]
  stop: Stop | null
  /** Why the check itself broke down; says nothing about the record. */
  failure: string | null
  verdict: Verdict | null
  /** When the verdict was reached, by this browser's clock; null before. */
  endedAt: string | null
}

const IDLE: Verification = {
  isRunning: false,
  evidence: [],
  stop: null,
  failure: null,
  verdict: null,
  endedAt: null,
}

const verdictOf = (evidence: readonly Evidence[]): Verdict =>
  evidence.some(({ status }) => status === 'not_checked') ? 'incomplete' : 'proved'

/**
 * Verifies bundles in a web worker, one at a time; a new one takes the place of the one before. The worker is there from
 * the start and stays, so that a bundle can be verified after the network is gone.
 */
export function useVerification() {
  const verification = shallowRef<Verification>(IDLE)
  const isReady = ref(false)
  let worker: Worker | null = null
  let run = 0

  function started(): Worker {
    const next = new Worker(new URL('./proof/worker.ts', import.meta.url), { type: 'module' })
    next.addEventListener('message', onMessage)
    next.addEventListener('error', ({ message }) => {
      stop()
      if (verification.value.isRunning) end({ failure: message, verdict: 'failed' })
    })
    return next
  }

  function stop() {
    worker?.terminate()
    worker = null
    isReady.value = false
  }

  function end(change: Partial<Verification>) {
    const endedAt = new Date().toISOString()
    verification.value = { ...verification.value, ...change, isRunning: false, endedAt }
  }

  function onMessage({ data }: MessageEvent<VerificationMessage>) {
    if (data.kind === 'ready') isReady.value = true
    // What is still heard of a run before this one is nothing to this one.
    else if (data.run === run) onAnswer(data)
  }

  function onAnswer(answer: VerificationAnswer) {
    const { evidence } = verification.value
    switch (answer.kind) {
      case 'evidence':
        verification.value = { ...verification.value, evidence: [...evidence, answer.evidence] }
        return
      case 'stopped': {
        const { step, refusal, reason, mismatch } = answer
        end({ stop: { step, refusal, reason, mismatch }, verdict: refusal })
        return
      }
      case 'failed':
        end({ failure: answer.reason, verdict: 'failed' })
        return
      case 'done':
        end({ verdict: verdictOf(evidence) })
    }
  }

  function verify(bundle: string, sources: VerificationSources) {
    run += 1
    verification.value = { ...IDLE, isRunning: true }
    worker ??= started()
    const request: VerificationRequest = { run, bundle, sources: { ...sources } }
    worker.postMessage(request)
  }

  function clear() {
    run += 1
    verification.value = IDLE
  }

  onMounted(() => {
    worker ??= started()
  })
  onScopeDispose(stop)
  return { verification, isReady, verify, clear }
}
