import { CodedError } from '../../shared/coded-error.ts'
import type { BatchRow } from '../models/index.ts'
import type { Mined } from '../adapters/ethereum.ts'
import type { Deps } from './deps.ts'
import { noteFailure } from './settle-batches.ts'

/**
 * Road step 8: looks after every anchored batch. Enough blocks on top make it `final`; one whose transaction a
 * reorganisation moved is noted in its new block; one whose transaction is gone goes back to `published`.
 */
export async function confirmAnchors(deps: Deps): Promise<void> {
  const { models, ethereum } = deps
  const anchored = await models.batches.find({ state: 'anchored' }).sort({ sealed_at: 1 }).lean()
  if (anchored.length === 0) return
  await ethereum.checkIdentity()
  const head = await ethereum.head()
  for (const [transaction, batches] of Map.groupBy(anchored, ({ anchor }) => anchor?.transaction)) {
    const mined = transaction === undefined ? null : await ethereum.mined(transaction)
    for (const batch of batches) {
      try {
        await confirmAnchor(deps, batch, mined?.succeeded ? mined : null, head)
      } catch (error) {
        await noteFailure(deps, batch, 'confirm', error)
      }
    }
  }
}

async function confirmAnchor(
  deps: Deps,
  batch: BatchRow,
  mined: Mined | null,
  head: number,
): Promise<void> {
  const { models, clock, settings } = deps
  const isHere = { _id: batch._id, state: 'anchored' as const }
  if (!mined) {
    const failure = new CodedError(
      'reorganised',
      `Ethereum: transaction ${batch.anchor?.transaction ?? '(none)'} is no longer in the chain`,
    )
    await models.batches.updateOne(isHere, {
      $set: { state: 'published', anchor: null, changed_at: clock.now() },
    })
    throw failure
  }
  if (mined.blockHash !== batch.anchor?.block_hash) {
    const anchor = {
      transaction: mined.transaction,
      block_number: mined.blockNumber,
      block_hash: mined.blockHash,
      anchored_at: mined.anchoredAt,
    }
    await models.batches.updateOne(isHere, { $set: { anchor, changed_at: clock.now() } })
  }
  if (head - mined.blockNumber + 1 >= settings.confirmations) {
    await models.batches.updateOne(isHere, {
      $set: { state: 'final', failure: null, changed_at: clock.now() },
    })
  }
}
