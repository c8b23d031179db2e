import { countUses, type AllowanceDeps } from './allowance.ts'
import { tokenBuckets, type BucketSize, type TakeTokens } from './token-buckets.ts'

/** Uses are told to the other instances in parts of this share of a bucket. */
const PARTS = 16
/** Remembered at once; what is forgotten of one is less than a part of a bucket. */
const MAX_SHARES = 100_000

interface Share {
  /** Taken here and not yet told. */
  untold: number
  /** Until when all instances together have used up what there is. */
  closedUntilMs: number
}

/**
 * Token buckets that hold over all instances, made for calls that must not wait for the database. Each process counts for
 * itself, and tells the shared count only once somebody took a sixteenth of a bucket here: who keeps well within the limit
 * costs no write at all. All instances together let through at most one bucket, and a sixteenth more for each of them.
 */
export function sharedBuckets(deps: AllowanceDeps, kind: string, size: BucketSize): TakeTokens {
  const take = tokenBuckets(size)
  const part = Math.max(1, Math.floor(size.capacity / PARTS))
  const shares = new Map<string, Share>()

  function shareOf(key: string): Share {
    const known = shares.get(key)
    if (known) return known
    const oldest = shares.size >= MAX_SHARES ? shares.keys().next().value : undefined
    if (oldest !== undefined) shares.delete(oldest)
    const share = { untold: 0, closedUntilMs: 0 }
    shares.set(key, share)
    return share
  }

  async function tell(key: string, share: Share): Promise<void> {
    const uses = share.untold
    share.untold = 0
    const waitMs = await countUses(deps, { kind, of: key }, size, uses)
    if (waitMs > 0) share.closedUntilMs = deps.clock.now().getTime() + waitMs
  }

  return (key, tokens, nowMs) => {
    const share = shareOf(key)
    if (share.closedUntilMs > nowMs) return share.closedUntilMs - nowMs
    const waitMs = take(key, tokens, nowMs)
    if (waitMs > 0) return waitMs
    share.untold += tokens
    // While the database is away nothing is taken that it would have to keep; this process counts on by itself.
    if (share.untold >= part) tell(key, share).catch(() => undefined)
    return 0
  }
}
