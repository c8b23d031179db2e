import type { Deps } from '../deps.ts'
import { keepingFailure } from '../ledger/failure.ts'
import { eraseDue } from './erase-complaint.ts'

/** Complaints finished or erased in one run of the clock. */
const PER_RUN = 200
const FAILED = /^complaint:/

/**
 * What the clock does for complaints: finishes events a crash left pending, and erases what is personal in those closed for
 * long enough. One that fails is kept as a failure administrators see, and waits for its next try while the others go on.
 */
export async function tendComplaints(deps: Deps): Promise<void> {
  const { models, clock } = deps
  const now = clock.now()
  const failed = await models.failures.find({ _id: FAILED }).lean()
  const isWaiting = ({ failure }: (typeof failed)[number]) => failure.next_try_at > now
  const idsOf = (rows: readonly { _id: string }[]) => rows.map(({ _id }) => _id.replace(FAILED, ''))
  const others = { _id: { $nin: idsOf(failed) } }
  const [pending, due] = await Promise.all([
    models.complaints
      .find({ ...others, is_pending: true }, { _id: 1 })
      .limit(PER_RUN)
      .lean(),
    models.complaints
      .find({ ...others, erase_at: { $lte: now } }, { _id: 1 })
      .limit(PER_RUN)
      .lean(),
  ])
  const again = idsOf(failed.filter((row) => !isWaiting(row)))
  for (const id of new Set([...again, ...idsOf(pending), ...idsOf(due)]))
    await keepingFailure(deps, 'complaint', `complaint:${id}`, () => eraseDue(deps, id))
}
