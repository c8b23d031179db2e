import type { Failure, FailureDetail } from '../../../shared/api/ledger.ts'
import { DEFAULT_PAGE_LIMIT } from '../../../shared/api/page.ts'
import type { FailureFields } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { afterCursor, pageOf } from '../page.ts'

/** A failure as everybody sees it: without its message. */
export const asFailure = ({ step, code, attempt, at, next_try_at }: FailureFields): Failure => ({
  step,
  code,
  attempt,
  at: at.toISOString(),
  next_try_at: next_try_at.toISOString(),
})

interface Failing {
  _id: string
  failure: FailureFields
}

/**
 * `GET /admin/failures`: what stops the ledger now, the latest first: steps, areas that cannot be sealed, batches that cannot
 * go on.
 */
export async function listFailures(
  { models }: Pick<Deps, 'models'>,
  { limit = DEFAULT_PAGE_LIMIT, cursor }: { limit?: number; cursor?: string | undefined } = {},
): Promise<{
  items: { subject: string; failure: FailureDetail }[]
  next: string | null
}> {
  // Both along an index that holds only rows with a failure.
  const wanted = { $and: [{ failure: { $type: 'object' } }, afterCursor('failure.at', cursor)] }
  const latest = { 'failure.at': -1, _id: -1 } as const
  const [steps, batches] = await Promise.all([
    models.failures
      .find(wanted)
      .sort(latest)
      .limit(limit + 1)
      .lean(),
    models.batches
      .find(wanted, { failure: 1 })
      .sort(latest)
      .limit(limit + 1)
      .lean(),
  ])
  const failing = [...steps, ...batches].flatMap(({ _id, failure }): Failing[] =>
    failure ? [{ _id, failure }] : [],
  )
  return pageOf(
    failing.toSorted(byLatest),
    limit,
    ({ _id, failure }) => ({ at: failure.at, id: _id }),
    ({ _id, failure }) => ({
      subject: _id,
      failure: { ...asFailure(failure), message: failure.message },
    }),
  )
}

const byLatest = (a: Failing, b: Failing): number =>
  b.failure.at.getTime() - a.failure.at.getTime() || (a._id < b._id ? 1 : -1)
