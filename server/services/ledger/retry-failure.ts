import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

/**
 * Brings the next try of what failed forward to now: a step, an area that cannot be sealed, a batch. The ledger's clock takes
 * it up; nothing else is touched. Throws `not_found` where nothing of this name has failed.
 */
export async function retryFailure(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  subject: string,
): Promise<{ subject: string; next_try_at: string }> {
  const now = clock.now()
  const failed = { _id: subject, failure: { $ne: null } }
  const sooner = { $set: { 'failure.next_try_at': now } }
  const [step, batch] = await Promise.all([
    models.failures.updateOne(failed, sooner),
    models.batches.updateOne(failed, sooner),
  ])
  if (step.matchedCount + batch.matchedCount === 0)
    throw new CodedError('not_found', `failure: none of ${subject}`)
  return { subject, next_try_at: now.toISOString() }
}
