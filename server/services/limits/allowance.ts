import { createHmac } from 'node:crypto'
import { CodedError } from '../../../shared/coded-error.ts'
import type { AllowanceRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import type { BucketSize } from './token-buckets.ts'

const MS_PER_S = 1000

export type AllowanceDeps = Pick<Deps, 'models' | 'clock' | 'complaintDesk'>

/** What is counted, and for whom. */
export interface Counted {
  kind: string
  of: string
}

/** Too much came from someone: `retryAfterMs` from now there may be more. */
export class TooManyError extends CodedError<'rate_limited'> {
  readonly retryAfterMs: number

  constructor(what: string, retryAfterMs: number) {
    super('rate_limited', `${what}; try again in ${Math.ceil(retryAfterMs / MS_PER_S)} s`)
    this.retryAfterMs = retryAfterMs
  }
}

/** There are few addresses: only under a key is the hash of one hard to turn back. */
function idOf({ complaintDesk }: AllowanceDeps, { kind, of }: Counted): string {
  const key = complaintDesk.vault.secretFor('allowances')
  return `${kind}:${createHmac('sha256', key).update(of).digest('base64url')}`
}

/**
 * Takes one use out of an allowance: as many at once as `capacity`, then one whenever its share of `fillMs` has passed.
 * Changed in one step of the database, so that many at once, at many instances, get no more than one after another. Answers
 * 0, or the milliseconds to wait.
 */
export async function useAllowance(
  deps: AllowanceDeps,
  counted: Counted,
  { capacity, fillMs }: BucketSize,
): Promise<number> {
  const costMs = Math.floor(fillMs / capacity)
  const now = deps.clock.now()
  const lastAt = new Date(now.getTime() + fillMs - costMs)
  const { granted, used_until } = await change(deps, counted, [
    { $set: { used_until: { $max: ['$used_until', now] } } },
    { $set: { granted: { $lte: ['$used_until', lastAt] } } },
    {
      $set: {
        used_until: { $cond: ['$granted', { $add: ['$used_until', costMs] }, '$used_until'] },
      },
    },
  ])
  return granted ? 0 : Math.max(1, used_until.getTime() - lastAt.getTime())
}

/**
 * Counts uses that were made already, above the allowance too: how long they have used it up is answered, in milliseconds
 * from now; 0 while there is some left.
 */
export async function countUses(
  deps: AllowanceDeps,
  counted: Counted,
  { capacity, fillMs }: BucketSize,
  uses: number,
): Promise<number> {
  const now = deps.clock.now()
  const costMs = Math.ceil((uses * fillMs) / capacity)
  const { used_until } = await change(deps, counted, [
    { $set: { used_until: { $add: [{ $max: ['$used_until', now] }, costMs] }, granted: true } },
  ])
  const fullMs = now.getTime() + fillMs - fillMs / capacity
  return Math.max(0, Math.ceil(used_until.getTime() - fullMs))
}

/** Puts one use back that `useAllowance` took. */
export async function returnAllowance(
  deps: AllowanceDeps,
  counted: Counted,
  { capacity, fillMs }: BucketSize,
): Promise<void> {
  const costMs = Math.floor(fillMs / capacity)
  await change(deps, counted, [
    {
      $set: {
        used_until: { $add: [{ $max: ['$used_until', deps.clock.now()] }, -costMs] },
        granted: true,
      },
    },
  ])
}

async function change(
  deps: AllowanceDeps,
  counted: Counted,
  stages: object[],
): Promise<Pick<AllowanceRow, 'granted' | 'used_until'>> {
  try {
    const row = await deps.models.allowances.collection.findOneAndUpdate(
      { _id: idOf(deps, counted) } as never,
      stages,
      { upsert: true, returnDocument: 'after' },
    )
    const until: unknown = row?.['used_until']
    if (!(until instanceof Date)) throw new Error('allowance: expected a row after an upsert')
    return { granted: row?.['granted'] === true, used_until: until }
  } catch (error) {
    // Two came first at once; the row is there now.
    if (!isDuplicateKey(error)) throw error
    return change(deps, counted, stages)
  }
}
