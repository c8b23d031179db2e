import { CodedError } from '../../../shared/coded-error.ts'
import type { Mined } from '../../adapters/ethereum-anchors.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { failureAfter } from './failure.ts'

/** Where a batch stands on chain, as its row keeps it. */
export const anchorFields = (mined: Mined): NonNullable<BatchRow['anchor']> => ({
  transaction: mined.transaction,
  block_number: mined.blockNumber,
  block_hash: mined.blockHash,
  anchored_at: mined.anchoredAt,
})

/** Moves a batch from `published` to `anchored`, from what the chain says and nothing else. Repeatable. */
export async function settleAnchored(
  { models, clock }: Deps,
  batchId: string,
  mined: Mined,
): Promise<void> {
  await models.batches.updateOne(
    { _id: batchId, state: 'published' },
    {
      $set: {
        state: 'anchored',
        anchor: anchorFields(mined),
        failure: null,
        changed_at: clock.now(),
      },
    },
  )
}

/** Keeps the failure of a batch as a fact beside it. */
export async function noteFailure(
  deps: Deps,
  batch: BatchRow,
  step: 'anchor' | 'confirm',
  error: unknown,
): Promise<void> {
  const failure = failureAfter(deps, { step, subject: batch._id }, error, batch.failure)
  await deps.models.batches.updateOne({ _id: batch._id }, { $set: { failure } })
}

/** The chain and the portal tell different histories: nothing is sent for this area until a person has looked. */
export const contradiction = (batch: BatchRow, words: string): CodedError<'contradiction'> =>
  new CodedError('contradiction', `batch ${batch._id}: ${words}`)
