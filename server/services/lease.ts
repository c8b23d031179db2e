import type { Deps } from './deps.ts'
import { isDuplicateKey } from './insert-new.ts'

/** A renewal may fail twice before the lease runs out. */
const RENEWALS_PER_LEASE = 3

export interface Lease {
  /** Takes or prolongs the lease; false while another has it, or where the answer took longer than the lease lasts. */
  hold(): Promise<boolean>
  /** Prolongs the lease, which must be held, for as long as the work takes. */
  holdDuring(work: () => Promise<void>): Promise<void>
  /** Gives it up, so that another need not wait. */
  release(): Promise<void>
}

/**
 * A lease by compare-and-swap and the database's clock: at most one holder at a time, whatever the instances' clocks say. It
 * spares double work; nothing relies on it for correctness.
 */
export function lease(
  { models, settings: { leaseMs } }: Pick<Deps, 'models' | 'settings'>,
  name: string,
  holder: string,
): Lease {
  const ours = { $literal: holder }
  // An end that is absent, in a row not there yet, is less than any.
  const isFree = { $or: [{ $eq: ['$holder', ours] }, { $lte: ['$expires_at', '$$NOW'] }] }
  const ifFree = (taken: object, kept: string) => ({ $cond: [isFree, taken, kept] })
  const hold = async (): Promise<boolean> => {
    const askedAtMs = performance.now()
    try {
      // The condition is in the update: the filter of an upsert may not reach `$$NOW`.
      const row = await models.leases.collection.findOneAndUpdate(
        { _id: name } as never,
        [
          {
            $set: {
              holder: ifFree(ours, '$holder'),
              expires_at: ifFree({ $add: ['$$NOW', leaseMs] }, '$expires_at'),
            },
          },
        ],
        { upsert: true, returnDocument: 'after' },
      )
      // It runs from some moment after the question: an answer that comes too late says nothing of now.
      return row?.holder === holder && performance.now() - askedAtMs < leaseMs
    } catch (error) {
      // Another put the row there in this moment.
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
      }, leaseMs / RENEWALS_PER_LEASE)
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
