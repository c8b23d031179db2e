export interface BucketSize {
  /** Tokens a full bucket holds: what may come at once. */
  capacity: number
  /** Time in which an empty bucket fills. */
  fillMs: number
}

/** Takes `tokens` from the bucket of a key at a time; answers 0, or takes none and answers the milliseconds to wait. */
export type TakeTokens = (key: string, tokens: number, nowMs: number) => number

/** Buckets remembered at once; a full one is the same as none, and may be forgotten. */
const MAX_BUCKETS = 100_000

/**
 * Token buckets by key, in this process only. What asks for more than a bucket holds is let through when it is full,
 * and then owes the rest.
 */
export function tokenBuckets({ capacity, fillMs }: BucketSize): TakeTokens {
  const perMs = capacity / fillMs
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const tokensAt = ({ tokens, atMs }: { tokens: number; atMs: number }, nowMs: number): number =>
    Math.min(capacity, tokens + Math.max(0, nowMs - atMs) * perMs)

  /** From the one untouched for longest, which goes in any case, so that memory and the time for this stay bounded. */
  function forget(nowMs: number): void {
    let isFirst = true
    for (const [key, bucket] of buckets) {
      if (!isFirst && tokensAt(bucket, nowMs) < capacity) return
      buckets.delete(key)
      isFirst = false
    }
  }

  return (key, tokens, nowMs) => {
    const bucket = buckets.get(key)
    const held = bucket === undefined ? capacity : tokensAt(bucket, nowMs)
    const needed = Math.min(tokens, capacity)
    if (held < needed) return Math.ceil((needed - held) / perMs)
    if (bucket === undefined && buckets.size >= MAX_BUCKETS) forget(nowMs)
    buckets.delete(key)
    buckets.set(key, { tokens: held - tokens, atMs: nowMs })
    return 0
  }
}
