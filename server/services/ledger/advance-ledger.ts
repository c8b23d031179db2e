import { anchorBatches } from './anchor-batches.ts'
import { confirmAnchors } from './confirm-anchor.ts'
import type { Deps } from '../deps.ts'
import { keepingFailure } from './failure.ts'
import type { Lease } from '../lease.ts'
import { publishBatches } from './publish-batch.ts'
import { sealBatches } from './seal-batch.ts'

/** Steps of the road that the clock drives, in order. Each finds its own work, so one that fails does not stop the next. */
const STEPS = [
  ['seal', sealBatches],
  ['publish', publishBatches],
  ['anchor', anchorBatches],
  ['confirm', confirmAnchors],
] as const

/**
 * Advances the ledger by whatever is due. May be called at any time, by any instance; false when another instance holds
 * the lease and nothing was done here. Once `stop` is aborted no further step begins. Throws only when the database is away.
 */
export async function advanceLedger(
  deps: Deps,
  lease: Lease,
  stop?: AbortSignal,
): Promise<boolean> {
  for (const [step, run] of STEPS) {
    if (stop?.aborted) break
    if (!(await lease.hold())) return false
    await lease.holdDuring(() => keepingFailure(deps, step, step, () => run(deps)))
  }
  return true
}
