import { setTimeout as delay } from 'node:timers/promises'
import { checkCommand, type CheckOptions } from './check-yourself.ts'
import { ledgerCounts, type LedgerCounts } from './ledger-counts.ts'
import { TryLater } from './patience.ts'
import type { PortalRequests } from './portal-requests.ts'

const INTERVAL_MS = 1000

export interface WatchOptions extends Omit<CheckOptions, 'leafHash' | 'portal'> {
  portal: Pick<PortalRequests, 'batches' | 'proof'>
  /** Leaf of the record to be proved, null until there is one. */
  witness(): string | null
  isReplayOver(): boolean
  onCounts(counts: LedgerCounts): void
  /** Once, when the proof of the witness lies ready. */
  onProof(command: string): void
  signal: AbortSignal
}

/**
 * Follows the ledger, through times in which the portal does not answer, until it has told the command that checks the
 * witness's proof and the replay is over; rejects when the signal stops it.
 */
export async function watchLedger(options: WatchOptions): Promise<void> {
  const counts = ledgerCounts(options.portal)
  let command: string | null = null
  for (;;) {
    try {
      const now = await counts.refresh()
      options.onCounts(now)
      const leafHash = options.witness()
      if (command === null && now.anchored > 0 && leafHash !== null) {
        command = await checkCommand({ ...options, leafHash })
        if (command !== null) options.onProof(command)
      }
    } catch (error) {
      if (!(error instanceof TryLater)) throw error
    }
    if (command !== null && options.isReplayOver()) return
    await delay(INTERVAL_MS, undefined, { signal: options.signal })
  }
}
