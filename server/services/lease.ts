import type { Deps } from './deps.ts'
import { isDuplicateKey } from './insert-new.ts'

/** A renewal may fail twice before the lease runs out. */
const RENEWALS_PER_LEASE = 3

export interface Lease {
  /** Takes or prolongs the lease; false while another holder has it. */
  hold(): Promise<boolean>
  /** Prolongs the lease, which must be held, for as long as the work takes. */
  holdDuring(work: () => Promise<void>): Promise<void>
  /** Gives it up, so that another need not wait. */
  release(): Promise<void>
}

/**
 * A lease by compare-and-swap: at most one holder at a time as long as clocks agree within its duration. It spares
 * double work; nothing relies on it for correctness.
 */
export function lease({ models, clock, settings }: Deps, name: string, holder: string): Lease {
  const hold = async (): Promise<boolean> => {
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
  }
  let isGivenUp = false
  return {
    hold,
    async holdDuring(work) {
      let renewal: Promise<unknown> = Promise.resolve()
      const timer = setInterval(() => {
        // A database that is away is the work's to notice.
        if (!isGivenUp) renewal = hold().catch(() => false)
      }, settings.leaseMs / RENEWALS_PER_LEASE)
      try {
        await work()
      } finally {
        clearInterval(timer)
        await renewal
      }
    },
    async release() {
      isGivenUp = true
      await models.leases.deleteOne({ _id: name, holder })
    },
  }
}
