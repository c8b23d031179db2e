import { CID } from 'multiformats/cid'
import type { NewAnchor } from '../adapters/ethereum.ts'
import type { BatchRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { dueForTry } from './failure.ts'
import { contradiction, noteFailure, settleAnchored } from './settle-batches.ts'
import { followPendingTransaction, sendTransaction } from './transactions.ts'

/** Batches in one transaction: at 75,000 gas each far below a block's limit. */
const MAX_BATCHES_PER_TRANSACTION = 100

/**
 * Road step 7: anchors all published batches with one transaction at a time. First follows the transaction under way;
 * then, for each area, recognises what the chain already holds and sends the next numbers in order.
 */
export async function anchorBatches(deps: Deps): Promise<void> {
  const { models, clock, ethereum } = deps
  await ethereum.checkIdentity()
  if (await followPendingTransaction(deps)) return
  const published = await models.batches
    .find({ state: 'published', ...dueForTry(clock.now()) })
    .sort({ area_id: 1, number: 1 })
    .limit(MAX_BATCHES_PER_TRANSACTION)
    .lean()
  if (published.length === 0) return
  const ready: BatchRow[] = []
  for (const ofArea of Map.groupBy(published, ({ area_id }) => area_id).values()) {
    ready.push(...(await readyToSend(deps, ofArea)))
  }
  if (ready.length === 0) return
  try {
    await sendTransaction(
      deps,
      ready.map(({ _id }) => _id),
      ready.map(asNewAnchor),
    )
  } catch (error) {
    for (const batch of ready) await noteFailure(deps, batch, 'anchor', error)
  }
}

/** Of one area's published batches, in order, those whose turn it is; settles those the chain already holds. */
async function readyToSend(deps: Deps, batches: BatchRow[]): Promise<BatchRow[]> {
  const ready: BatchRow[] = []
  const [first] = batches
  if (!first) return ready
  let { number, root } = await deps.ethereum.latest(first.area_id)
  for (const batch of batches) {
    try {
      if (batch.number <= number) {
        await recognise(deps, batch)
      } else if (batch.number > number + 1) {
        await expectPredecessorOnItsWay(deps, batch)
        break
      } else if (batch.previous_root !== root) {
        throw contradiction(
          batch,
          `its predecessor is ${batch.previous_root}, the chain holds ${root}`,
        )
      } else {
        ready.push(batch)
        number = batch.number
        root = batch.root
      }
    } catch (error) {
      await noteFailure(deps, batch, 'anchor', error)
      break
    }
  }
  return ready
}

/** A root that is on chain already was sent by an earlier life of this portal, or by another instance. */
async function recognise(deps: Deps, batch: BatchRow): Promise<void> {
  const found = await deps.ethereum.findAnchor(batch.area_id, batch.number)
  if (found?.root !== batch.root) {
    throw contradiction(
      batch,
      `its root is ${batch.root}, the chain holds ${found?.root ?? 'no event for this number'}`,
    )
  }
  await settleAnchored(deps, batch._id, found)
}

/** A gap below a batch is fine while the batch in the gap is still coming, not when it was settled already. */
async function expectPredecessorOnItsWay({ models }: Deps, batch: BatchRow): Promise<void> {
  const before = await models.batches
    .findOne({ _id: `${batch.area_id}/${batch.number - 1}` })
    .lean()
  if (before?.state === 'final') {
    throw contradiction(batch, 'its predecessor is final here, and missing on the chain')
  }
}

function asNewAnchor(batch: BatchRow): NewAnchor {
  if (batch.cid === null) throw contradiction(batch, 'it is published and has no CID')
  return {
    areaId: batch.area_id,
    previousRoot: batch.previous_root,
    root: batch.root,
    size: batch.size,
    cid: CID.parse(batch.cid).bytes,
  }
}
