import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { leafCount, leafIds, loadLeafList, type Leaves } from './leaf-list.ts'

const RECORDS_PER_MARK = 5_000

type SealedBatch = Pick<BatchRow, '_id' | 'number' | 'root' | 'is_marked'>

/** Finishes the marking of a batch. Throws `record_damaged` where its leaf hashes are not here. */
export async function markBatch(deps: Pick<Deps, 'models'>, batch: SealedBatch): Promise<void> {
  if (!batch.is_marked) await markRecords(deps, batch, await loadLeafList(deps, batch.root))
}

/** Writes the batch number on every record of a sealed batch, unless that was done. Repeatable. */
export async function markRecords(
  { models }: Pick<Deps, 'models'>,
  { _id, number, is_marked }: SealedBatch,
  leaves: Leaves,
): Promise<void> {
  if (is_marked) return
  for (let from = 0; from < leafCount(leaves); from += RECORDS_PER_MARK) {
    const ids = leafIds(leaves, from, from + RECORDS_PER_MARK)
    await models.records.collection.updateMany(
      { _id: { $in: ids as never[] }, batch_number: null },
      { $set: { batch_number: number } },
    )
  }
  await models.batches.updateOne({ _id }, { $set: { is_marked: true } })
}
