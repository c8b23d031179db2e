import { CodedError, messageOf } from '../../../shared/coded-error.ts'
import type { FailureFields } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

const FIRST_RETRY_MS = 2_000
const LONGEST_RETRY_MS = 5 * 60_000
const MAX_DOUBLINGS = 10

/** Codes that no later try will mend by itself; their words are our own and hold no address of a store, no key. */
const REFUSALS: readonly string[] = [
  'wrong_chain',
  'not_our_contract',
  'wrong_signature',
  'wrong_cid',
  'contradiction',
  'record_damaged',
]

/**
 * The stored fact of a failed step: what, when, which attempt, when next. A refusal is logged the first time, a defect
 * too, with its kind alone: its words may hold anything.
 */
export function failureAfter(
  { clock }: Pick<Deps, 'clock'>,
  { step, subject }: { step: FailureFields['step']; subject: string },
  error: unknown,
  previous: FailureFields | null,
): FailureFields {
  const at = clock.now()
  const attempt = previous?.step === step ? previous.attempt + 1 : 1
  const waitMs = Math.min(
    LONGEST_RETRY_MS,
    FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, MAX_DOUBLINGS),
  )
  const code = error instanceof CodedError ? error.code : 'internal'
  const isNew = previous?.step !== step || previous.code !== code
  const where = subject.startsWith(step) ? subject : `${step} of ${subject}`
  if (isNew && REFUSALS.includes(code))
    console.error(`Ledger: ${where}: ${code}: ${messageOf(error)}`)
  if (isNew && code === 'internal') console.error(`Ledger: ${where}: ${code}: ${kindOf(error)}`)
  return {
    step,
    code,
    message: messageOf(error),
    at,
    attempt,
    next_try_at: new Date(at.getTime() + waitMs),
  }
}

const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

/** Filter for rows that are not waiting for their next try. */
export const dueForTry = (now: Date) => ({
  $or: [{ failure: null }, { 'failure.next_try_at': { $lte: now } }],
})

/**
 * Runs work under a key of the failures collection, unless its next try is still to come: stores what it throws as a
 * fact, forgets it once it succeeds.
 */
export async function keepingFailure(
  deps: Pick<Deps, 'models' | 'clock'>,
  step: FailureFields['step'],
  key: string,
  work: () => Promise<void>,
): Promise<void> {
  const { failures } = deps.models
  const previous = (await failures.findById(key).lean())?.failure ?? null
  if (previous && previous.next_try_at > deps.clock.now()) return
  try {
    await work()
    if (previous) await failures.deleteOne({ _id: key })
  } catch (error) {
    const failure = failureAfter(deps, { step, subject: key }, error, previous)
    await failures.updateOne({ _id: key }, { $set: { failure } }, { upsert: true })
  }
}
