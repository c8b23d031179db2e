import { ZERO_ROOT } from '../../shared/batch/index.ts'
import { toHex } from '../../shared/bytes.ts'
import type { BatchRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { keepingFailure } from './failure.ts'
import { isDuplicateKey } from './insert-new.ts'
import { loadLeafList, storeLeafList } from './leaf-list.ts'
import { expectIntact } from './record-bodies.ts'

const RECORDS_PER_MARK = 5_000

/** Road step 5: seals a batch in every area whose oldest waiting record has waited for the batch interval. */
export async function sealBatches(deps: Deps): Promise<void> {
  const { models, clock, settings } = deps
  const areas = await models.areas.find({}, { _id: 1 }).lean()
  for (const { _id: areaId } of areas) {
    const waitingSince = new Date(clock.now().getTime() - settings.batchIntervalMs)
    if (!(await isDue(deps, areaId, waitingSince))) continue
    await keepingFailure(deps, 'seal', `seal:${areaId}`, () => sealBatch(deps, areaId))
  }
}

async function isDue({ models }: Deps, areaId: string, waitingSince: Date): Promise<boolean> {
  const filter = { area_id: areaId, batch_number: null, ordered_at: { $lte: waitingSince } }
  return (await models.records.exists(filter)) !== null
}

/**
 * Seals all waiting records of an area, as many as a batch may hold, as its next batch. Inserting the batch under its number is the
 * compare-and-swap: of two that try, one wins and the other's work is forgotten. Records are marked afterwards, and the
 * next batch is not begun before that is done; a crash anywhere between is mended by the next call.
 */
export async function sealBatch(deps: Deps, areaId: string): Promise<void> {
  const { models, clock } = deps
  const last = await models.batches.findOne({ area_id: areaId }).sort({ number: -1 }).lean()
  if (last && !last.is_marked) await markRecords(deps, last)

  const leafHashes = await waitingLeafHashes(deps, areaId)
  if (leafHashes.length === 0) return
  const number = (last?.number ?? 0) + 1
  const sealedAt = clock.now()
  const batch: BatchRow = {
    _id: `${areaId}/${number}`,
    area_id: areaId,
    number,
    state: 'sealed',
    size: leafHashes.length,
    root: await storeLeafList(deps, leafHashes),
    previous_root: last?.root ?? ZERO_ROOT,
    sealed_at: sealedAt,
    is_marked: false,
    cid: null,
    anchor: null,
    failure: null,
    changed_at: sealedAt,
  }
  try {
    await models.batches.create([batch])
  } catch (error) {
    if (isDuplicateKey(error)) return
    throw error
  }
  await markRecords(deps, batch)
}

async function waitingLeafHashes({ models, settings }: Deps, areaId: string): Promise<string[]> {
  const waiting = models.records
    .find({ area_id: areaId, batch_number: null }, { body: 1 })
    .sort({ ordered_at: 1, _id: 1 })
    .limit(settings.maxBatchRecords)
    .lean()
    .cursor({ batchSize: 1000 })
  const leafHashes: string[] = []
  for await (const row of waiting) {
    expectIntact(row)
    leafHashes.push(row._id)
  }
  return leafHashes
}

/** Writes the batch number on every record of a sealed batch. Repeatable. */
async function markRecords(deps: Deps, { _id, root, number }: BatchRow): Promise<void> {
  const { models } = deps
  const ids = (await loadLeafList(deps, root)).map(toHex)
  for (let from = 0; from < ids.length; from += RECORDS_PER_MARK) {
    const chunk = ids.slice(from, from + RECORDS_PER_MARK)
    await models.records.updateMany(
      { _id: { $in: chunk }, batch_number: null },
      { $set: { batch_number: number } },
    )
  }
  await models.batches.updateOne({ _id }, { $set: { is_marked: true } })
}
