import { ZERO_ROOT } from '../../../shared/batch/index.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { keepingFailure } from './failure.ts'
import { leafCount, storeLeafList } from './leaf-list.ts'
import { markBatch } from './mark-records.ts'
import { waitingLeaves } from './waiting-records.ts'

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
 * compare-and-swap: of two that try, one wins and the other's work is forgotten. Its records are marked while it is
 * published; the next batch is not begun before that is done.
 */
export async function sealBatch(deps: Deps, areaId: string): Promise<void> {
  const { models, clock } = deps
  const last = await models.batches.findOne({ area_id: areaId }).sort({ number: -1 }).lean()
  if (last) await markBatch(deps, last)
  const leaves = await waitingLeaves(deps, areaId)
  if (!leaves) return
  const number = (last?.number ?? 0) + 1
  const sealedAt = clock.now()
  const batch: BatchRow = {
    _id: `${areaId}/${number}`,
    area_id: areaId,
    number,
    state: 'sealed',
    size: leafCount(leaves),
    root: await storeLeafList(deps, leaves),
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
    if (!isDuplicateKey(error)) throw error
  }
}
