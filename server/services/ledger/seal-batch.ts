import type { QueryFilter } from 'mongoose'
import { ZERO_ROOT } from '../../../shared/batch/index.ts'
import { toHex } from '../../../shared/bytes.ts'
import type { BatchRow, RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { keepingFailure } from './failure.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { loadLeafList, storeLeafList } from './leaf-list.ts'
import { expectIntact } from './record-bodies.ts'

const RECORDS_PER_MARK = 5_000
const MARKS_AT_ONCE = 2

/**
 * Road step 5: seals a batch in every area whose oldest waiting record has waited for the batch interval. First finishes
 * what a crash left half marked: such a batch may have no record waiting behind it to bring anyone there.
 */
export async function sealBatches(deps: Deps): Promise<void> {
  const { models, clock, settings } = deps
  for (const batch of await models.batches.find({ state: 'sealed', is_marked: false }).lean()) {
    await keepingFailure(deps, 'seal', `seal:${batch.area_id}`, () => finishMarking(deps, batch))
  }
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
  if (last && !last.is_marked) await finishMarking(deps, last)

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
  await markRecords(deps, batch, leafHashes)
}

interface WaitingRecord {
  leafHash: string
  orderedAtMs: number
  isEvent: boolean
}

/** Leaf hashes of the waiting records of an area in the order of a batch, as many as it may hold. */
async function waitingLeafHashes(deps: Deps, areaId: string): Promise<string[]> {
  const { maxBatchRecords } = deps.settings
  const waiting = await readWaiting(deps, { area_id: areaId }, maxBatchRecords)
  const missed = await missedEvents(deps, areaId, waiting)
  const records = missed.length === 0 ? waiting : withEvents(waiting, missed, maxBatchRecords)
  return records.map(({ leafHash }) => leafHash)
}

async function readWaiting(
  { models }: Deps,
  filter: QueryFilter<RecordRow>,
  limit: number,
): Promise<WaitingRecord[]> {
  const rows = models.records
    .find({ ...filter, batch_number: null }, { body: 1, ordered_at: 1, type: 1 })
    .sort({ ordered_at: 1, _id: 1 })
    .limit(limit)
    .lean()
    .cursor({ batchSize: 1000 })
  const records: WaitingRecord[] = []
  for await (const row of rows) {
    expectIntact(row)
    const { _id: leafHash, ordered_at, type } = row
    records.push({ leafHash, orderedAtMs: ordered_at.getTime(), isEvent: type !== 'reading' })
  }
  return records
}

/**
 * Events of devices and complaints that belong before the last record read, yet were not among them: an event is dated when it is decided and
 * inserted a moment later, which may be after the cursor went by. It is always inserted before the readings it makes
 * count, so whatever of these was read, its event is found now.
 */
async function missedEvents(
  deps: Deps,
  areaId: string,
  waiting: readonly WaitingRecord[],
): Promise<WaitingRecord[]> {
  const last = waiting.at(-1)
  if (!last) return []
  const filter = {
    area_id: areaId,
    type: { $ne: 'reading' as const },
    ordered_at: { $lte: new Date(last.orderedAtMs) },
  }
  const events = await readWaiting(deps, filter, deps.settings.maxBatchRecords)
  const known = new Set(waiting.flatMap(({ isEvent, leafHash }) => (isEvent ? [leafHash] : [])))
  return events.filter(({ leafHash }) => !known.has(leafHash))
}

/** Puts events among the records, in order. Where that is too many, the last other records wait for the next batch. */
function withEvents(
  waiting: readonly WaitingRecord[],
  missed: readonly WaitingRecord[],
  limit: number,
): WaitingRecord[] {
  const others = waiting.filter(({ isEvent }) => !isEvent)
  const events = [...waiting.filter(({ isEvent }) => isEvent), ...missed]
  return [...events, ...others.slice(0, Math.max(0, limit - events.length))]
    .toSorted((a, b) => a.orderedAtMs - b.orderedAtMs || (a.leafHash < b.leafHash ? -1 : 1))
    .slice(0, limit)
}

async function finishMarking(deps: Deps, batch: BatchRow): Promise<void> {
  await markRecords(deps, batch, (await loadLeafList(deps, batch.root)).map(toHex))
}

/** Writes the batch number on every record of a sealed batch. Repeatable. */
async function markRecords(
  { models }: Deps,
  { _id, number }: BatchRow,
  ids: readonly string[],
): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(ids.length / RECORDS_PER_MARK) }, (_, index) =>
    ids.slice(index * RECORDS_PER_MARK, (index + 1) * RECORDS_PER_MARK),
  ).values()
  const mark = async () => {
    for (const chunk of chunks)
      await models.records.collection.updateMany(
        { _id: { $in: chunk as never[] }, batch_number: null },
        { $set: { batch_number: number } },
      )
  }
  await Promise.all(Array.from({ length: MARKS_AT_ONCE }, mark))
  await models.batches.updateOne({ _id }, { $set: { is_marked: true } })
}
