import type { Failure, FailureDetail } from '../../../shared/api/ledger.ts'
import type { FailureFields } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** A failure as everybody sees it: without its message. */
export const asFailure = ({ step, code, attempt, at, next_try_at }: FailureFields): Failure => ({
  step,
  code,
  attempt,
  at: at.toISOString(),
  next_try_at: next_try_at.toISOString(),
})

/** `GET /admin/failures`: what stops the ledger now: steps, areas that cannot be sealed, batches that cannot go on. */
export async function listFailures({
  models,
}: Pick<Deps, 'models'>): Promise<{ items: { subject: string; failure: FailureDetail }[] }> {
  const steps = await models.failures.find().sort({ _id: 1 }).lean()
  const batches = await models.batches
    .find({ failure: { $ne: null } })
    .sort({ _id: 1 })
    .lean()
  const items = [...steps, ...batches].flatMap(({ _id, failure }) =>
    failure ? [{ subject: _id, failure: { ...asFailure(failure), message: failure.message } }] : [],
  )
  return { items }
}
