import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { leafCount, leafIds, loadLeafList, type Leaves } from './leaf-list.ts'

const RECORDS_PER_MARK = 5_000
const MARKS_AT_ONCE = 2
/** The index of what waits, as the model makes it. */
const WAITING = { area_id: 1, batch_number: 1, ordered_at: 1, _id: 1 }

type SealedBatch = Pick<BatchRow, '_id' | 'area_id' | 'number' | 'root' | 'is_marked'>

/** Finishes the marking of a batch. Throws `record_damaged` where its leaf hashes are not here. */
export async function markBatch(deps: Pick<Deps, 'models'>, batch: SealedBatch): Promise<void> {
  if (!batch.is_marked) await markRecords(deps, batch, await loadLeafList(deps, batch.root))
}

/** Writes the batch number on every record of a sealed batch, unless that was done. Repeatable. */
export async function markRecords(
  deps: Pick<Deps, 'models'>,
  batch: SealedBatch,
  leaves: Leaves,
): Promise<void> {
  if (batch.is_marked) return
  let from = 0
  const mark = async () => {
    while (from < leafCount(leaves))
      await markSome(deps, batch, leafIds(leaves, from, (from += RECORDS_PER_MARK)))
  }
  await Promise.all(Array.from({ length: MARKS_AT_ONCE }, mark))
  await deps.models.batches.updateOne({ _id: batch._id }, { $set: { is_marked: true } })
}

/**
 * Records that follow each other in their batch lie beside each other in the index of what waits: found there, between the times of
 * the first and the last, they cost the database a fifth less than by their `_id`s alone.
 */
async function markSome(
  { models }: Pick<Deps, 'models'>,
  { area_id, number }: SealedBatch,
  ids: string[],
): Promise<void> {
  const ends = [ids[0], ids.at(-1)].flatMap((id) => id ?? [])
  const found = await models.records.find({ _id: { $in: ends } }, { ordered_at: 1 }).lean()
  const times = found.map(({ ordered_at }) => ordered_at.getTime())
  const areBothHere = found.length === new Set(ends).size
  await models.records.collection.updateMany(
    {
      area_id,
      batch_number: null,
      _id: { $in: ids as never[] },
      ...(areBothHere && {
        ordered_at: { $gte: new Date(Math.min(...times)), $lte: new Date(Math.max(...times)) },
      }),
    },
    { $set: { batch_number: number } },
    areBothHere ? { hint: WAITING } : {},
  )
}
