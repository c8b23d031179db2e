import { setTimeout as delay } from 'node:timers/promises'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/** Not now: the same request may succeed later. */
export class TryLater extends Error {
  readonly afterMs: number | undefined

  constructor(message: string, afterMs?: number, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TryLater'
    this.afterMs = afterMs
  }
}

export interface Patience {
  signal: AbortSignal
  /** Told before each wait. */
  onWait?: (reason: string, waitMs: number) => void
}

/**
 * Repeats an attempt for as long as it throws `TryLater`, waiting twice as long each time up to 15 s, or as long as it
 * was told to. Every other error is thrown on; an abort ends it too.
 */
export async function untilDone<T>(
  attempt: () => Promise<T>,
  { signal, onWait }: Patience,
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof TryLater)) throw error
      const chosenMs = error.afterMs ?? waitMs
      onWait?.(error.message, chosenMs)
      await delay(chosenMs, undefined, { signal })
    }
  }
}
