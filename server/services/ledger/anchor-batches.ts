import { CID } from 'multiformats/cid'
import type { NewAnchor } from '../../adapters/ethereum-transactions.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { dueForTry } from './failure.ts'
import { followPendingTransaction } from './follow-transaction.ts'
import { sendTransaction } from './send-transaction.ts'
import { contradiction, noteFailure, settleAnchored } from './settle-batches.ts'

/**
 * Batches in one transaction. The contract takes 383; this many, all of new areas at 69,200 gas each, stay with the
 * margin on the estimate just below the 16,777,216 gas a transaction may ask for (EIP-7825).
 */
const MAX_BATCHES_PER_TRANSACTION = 200

interface ReadyBatch {
  batch: BatchRow
  anchor: NewAnchor
}

/**
 * Road step 7: anchors all published batches with one transaction at a time. First follows the transaction under way;
 * then, for each area, recognises what the chain already holds and sends the next numbers in order.
 */
export async function anchorBatches(deps: Deps): Promise<void> {
  const { ethereum } = deps
  await ethereum.checkIdentity()
  if (await followPendingTransaction(deps)) return
  const areas = await areasWaiting(deps)
  if (areas.length === 0) return
  const head = await ethereum.head()
  const runs: ReadyBatch[][] = []
  for (const areaId of areas) {
    const run = await readyToSend(deps, areaId, head)
    if (run.length > 0) runs.push(run)
    if (runs.length === MAX_BATCHES_PER_TRANSACTION) break
  }
  const ready = inTurns(runs).slice(0, MAX_BATCHES_PER_TRANSACTION)
  if (ready.length === 0) return
  try {
    await sendTransaction(
      deps,
      ready.map(({ batch }) => batch._id),
      ready.map(({ anchor }) => anchor),
    )
  } catch (error) {
    for (const { batch } of ready) await noteFailure(deps, batch, 'anchor', error)
  }
}

/** Areas with published batches, the one that has waited longest first. */
async function areasWaiting({ models, clock }: Deps): Promise<string[]> {
  const areas = await models.batches.aggregate<{ _id: string }>([
    { $match: { state: 'published', ...dueForTry(clock.now()) } },
    { $group: { _id: '$area_id', oldest: { $min: '$sealed_at' } } },
    { $sort: { oldest: 1, _id: 1 } },
  ])
  return areas.map(({ _id }) => _id)
}

/** The first of every run, then the second of every run …: no area waits for the length of another's. */
function inTurns<T>(runs: readonly T[][]): T[] {
  const longest = Math.max(0, ...runs.map(({ length }) => length))
  return Array.from({ length: longest }, (_, turn) =>
    runs.flatMap((run) => run.slice(turn, turn + 1)),
  ).flat()
}

/** Of one area's published batches, in order, those whose turn it is; settles those the chain already holds. */
async function readyToSend(deps: Deps, areaId: string, head: number): Promise<ReadyBatch[]> {
  const { models, clock, ethereum } = deps
  const batches = await models.batches
    .find({ area_id: areaId, state: 'published', ...dueForTry(clock.now()) })
    .sort({ number: 1 })
    .limit(MAX_BATCHES_PER_TRANSACTION)
    .lean()
  const ready: ReadyBatch[] = []
  let { number, root } = await ethereum.latest(areaId, head)
  for (const batch of batches) {
    try {
      if (batch.number <= number) {
        await recognise(deps, batch, head)
      } else if (batch.number > number + 1) {
        await expectPredecessorOnItsWay(deps, batch)
        break
      } else if (batch.previous_root !== root) {
        throw contradiction(
          batch,
          `its predecessor is ${batch.previous_root}, the chain holds ${root}`,
        )
      } else {
        ready.push({ batch, anchor: asNewAnchor(batch) })
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
async function recognise(deps: Deps, batch: BatchRow, head: number): Promise<void> {
  const found = await deps.ethereum.findAnchor(batch.area_id, batch.number, head)
  if (found?.root !== batch.root) {
    throw contradiction(
      batch,
      `its root is ${batch.root}, the chain holds ${found?.root ?? 'none for this number'}`,
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
