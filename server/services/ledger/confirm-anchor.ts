import { CodedError } from '../../../shared/coded-error.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Mined } from '../../adapters/ethereum-anchors.ts'
import type { Deps } from '../deps.ts'
import { anchorFields, noteFailure } from './settle-batches.ts'

/**
 * Road step 8: looks after every anchored batch. Enough blocks on top make it `final`; one that a reorganisation moved is
 * noted in its new place; one whose root the contract no longer holds goes back to `published`.
 */
export async function confirmAnchors(deps: Deps): Promise<void> {
  const { models, ethereum } = deps
  const anchored = await models.batches.find({ state: 'anchored' }).sort({ sealed_at: 1 }).lean()
  if (anchored.length === 0) return
  await ethereum.checkIdentity()
  const head = await ethereum.head()
  for (const [transaction, batches] of Map.groupBy(anchored, ({ anchor }) => anchor?.transaction)) {
    const receipt = transaction === undefined ? null : await receiptOf(deps, transaction)
    for (const batch of batches) {
      try {
        await confirmAnchor(deps, batch, receipt, head)
      } catch (error) {
        await noteFailure(deps, batch, 'confirm', error)
      }
    }
  }
}

/** Null too while the node cannot say: the contract is asked then, and answers for each batch or fails for it. */
async function receiptOf({ ethereum }: Deps, transaction: string): Promise<Mined | null> {
  const mined = await ethereum.mined(transaction).catch(() => null)
  return mined?.succeeded ? mined : null
}

async function confirmAnchor(
  deps: Deps,
  batch: BatchRow,
  receipt: Mined | null,
  head: number,
): Promise<void> {
  const { models, clock, settings } = deps
  const isHere = { _id: batch._id, state: 'anchored' as const }
  // A node that has not reached the block yet lags, and knows nothing about it.
  if (batch.anchor && head < batch.anchor.block_number) return
  const mined = receipt ?? (await standingOf(deps, batch, head))
  if (!mined) {
    const failure = new CodedError(
      'reorganised',
      `Ethereum: the contract no longer holds the root that transaction ${batch.anchor?.transaction ?? '(none)'} anchored`,
    )
    await models.batches.updateOne(isHere, {
      $set: { state: 'published', anchor: null, changed_at: clock.now() },
    })
    throw failure
  }
  if (mined.blockHash !== batch.anchor?.block_hash) {
    const anchor = anchorFields(mined)
    await models.batches.updateOne(isHere, { $set: { anchor, changed_at: clock.now() } })
  }
  if (head - mined.blockNumber + 1 >= settings.confirmations) {
    await models.batches.updateOne(isHere, {
      $set: { state: 'final', failure: null, changed_at: clock.now() },
    })
  }
}

/** Where the batch's own root stands by the contract, which unlike a receipt is neither pruned nor late. */
async function standingOf(
  { ethereum }: Deps,
  batch: BatchRow,
  head: number,
): Promise<Mined | null> {
  const found = await ethereum.findAnchor(batch.area_id, batch.number, head)
  return found?.root === batch.root ? found : null
}
