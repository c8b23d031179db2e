import type { Deps } from './deps.ts'
import { isDuplicateKey } from './insert-new.ts'

export interface Lease {
  /** Takes or prolongs the lease; false while another holder has it. */
  hold(): Promise<boolean>
  /** Gives it up, so that another need not wait. */
  release(): Promise<void>
}

/**
 * A lease by compare-and-swap: at most one holder at a time as long as clocks agree within its duration. It spares
 * double work; nothing relies on it for correctness.
 */
export function lease({ models, clock, settings }: Deps, name: string, holder: string): Lease {
  return {
    async hold() {
      const now = clock.now()
      const expiresAt = new Date(now.getTime() + settings.leaseMs)
      try {
        await models.leases.updateOne(
          { _id: name, $or: [{ holder }, { expires_at: { $lte: now } }] },
          { $set: { holder, expires_at: expiresAt } },
          { upsert: true },
        )
        return true
      } catch (error) {
        // The row exists and is held by another: the upsert tried to insert it again.
        if (isDuplicateKey(error)) return false
        throw error
      }
    },
    async release() {
      await models.leases.deleteOne({ _id: name, holder })
    },
  }
}
