import { createHash } from 'node:crypto'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'

interface Patience {
  /** Failures without consequence. */
  free: number
  /** The wait after the first one that has; doubled by each further. */
  firstWaitMs: number
}

const PATIENCE = {
  /** NIST SP 800-63B §3.2.2 allows a hundred failures in a row; these waits keep them days apart. */
  account: { free: 5, firstWaitMs: 30_000 },
  factor: { free: 5, firstWaitMs: 30_000 },
  /** Behind one address there may be an office. */
  address: { free: 30, firstWaitMs: 30_000 },
} as const satisfies Record<string, Patience>

/** Long enough against guessing, short enough that nobody is kept from work by someone else's tries. */
const LONGEST_WAIT_MS = 15 * 60_000
/** Failures are forgotten after a day without one. */
const MEMORY_MS = 24 * 60 * 60_000
/** Beyond this many doublings every wait is the longest. */
const MAX_DOUBLINGS = 10

/** No further try before `retryAfterMs`. */
export class LockedOutError extends CodedError<'rate_limited'> {
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super('rate_limited', 'sign-in: expected fewer wrong tries, got too many; try again later')
    this.retryAfterMs = retryAfterMs
  }
}

/** What tries are counted by. Names are hashed: a mistyped one may be a password. */
export interface AttemptKey {
  kind: keyof typeof PATIENCE
  of: string
}

const idOf = ({ kind, of }: AttemptKey): string =>
  `${kind}:${createHash('sha256').update(of).digest('hex')}`

/**
 * Counts a try as failed before it is made, in one step of the database: many at once, at many instances, get no more
 * tries than one after another. Throws `LockedOutError` instead while locked out.
 */
export async function beginAttempt(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  key: AttemptKey,
): Promise<void> {
  const now = clock.now()
  const { free, firstWaitMs } = PATIENCE[key.kind]
  const known = { $cond: [{ $gt: ['$expires_at', now] }, { $ifNull: ['$failures', 0] }, 0] }
  const over = { $min: [{ $subtract: ['$failures', free] }, MAX_DOUBLINGS] }
  const waitMs = { $min: [LONGEST_WAIT_MS, { $multiply: [firstWaitMs, { $pow: [2, over] }] }] }
  try {
    await models.signInAttempts.collection.updateOne(
      { _id: idOf(key), locked_until: { $not: { $gt: now } } } as never,
      [
        {
          $set: { failures: { $add: [known, 1] }, expires_at: new Date(now.getTime() + MEMORY_MS) },
        },
        {
          $set: {
            locked_until: { $cond: [{ $lt: ['$failures', free] }, now, { $add: [now, waitMs] }] },
          },
        },
      ],
      { upsert: true },
    )
  } catch (error) {
    // The row exists and is locked: the upsert tried to insert it again.
    if (!isDuplicateKey(error)) throw error
    const row = await models.signInAttempts.findById(idOf(key)).lean()
    const waitLeftMs = (row?.locked_until ?? now).getTime() - now.getTime()
    throw new LockedOutError(Math.max(1, waitLeftMs))
  }
}

/** The try was right: what was counted against an account is forgotten. */
export async function forgetAttempts(
  { models }: Pick<Deps, 'models'>,
  key: AttemptKey,
): Promise<void> {
  await models.signInAttempts.deleteOne({ _id: idOf(key) })
}

/** The try was right: it alone is taken back, so that who has one account cannot clear an address for the rest. */
export async function takeBackAttempt(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  key: AttemptKey,
): Promise<void> {
  await models.signInAttempts.updateOne(
    { _id: idOf(key), failures: { $gt: 0 } },
    { $inc: { failures: -1 }, $set: { locked_until: clock.now() } },
  )
}
