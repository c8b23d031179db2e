import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { keepEquivocations } from '../reading/keep-equivocations.ts'
import { dissolveBatches } from './dissolve-batches.ts'
import type { RestoredRecord } from './restored-record.ts'

/**
 * Stores records of one anchored batch under its number, those that wait here among them. A reading whose number was
 * meanwhile given to another record here is the one that counts: the chain has it. Throws `contradiction` where the other is
 * anchored too.
 */
export async function storeRestored(
  deps: Pick<Deps, 'models'>,
  records: readonly RestoredRecord[],
): Promise<void> {
  const { models } = deps
  const rows = records.map(({ row }) => row)
  const refused = await insertNew(models.records, rows)
  if (refused.size === 0) return
  const taken = rows.filter((_, index) => refused.has(index))
  const ids = taken.map(({ _id }) => _id)
  const known = await models.records.find({ _id: { $in: ids } }, { _id: 1 }).lean()
  const knownIds = new Set(known.map(({ _id }) => _id))
  await models.records.updateMany(
    { _id: { $in: [...knownIds] } },
    { $set: { batch_number: taken[0]?.batch_number ?? null } },
  )
  for (const row of taken) if (!knownIds.has(row._id)) await replaceWaiting(deps, row)
}

async function replaceWaiting(deps: Pick<Deps, 'models'>, row: RecordRow): Promise<void> {
  const { records } = deps.models
  const { device_id, seq } = row
  const other = await records.findOne({ device_id, seq }).lean()
  if (other && other.batch_number !== null)
    await dissolveBatches(deps, other.area_id, other.batch_number)
  if (other?.body !== undefined && other.digest !== undefined && other.digest !== row.digest)
    await keepEquivocations(deps, [
      {
        ordered_at: other.ordered_at,
        body: other.body,
        digest: other.digest,
        device_id: other.device_id ?? '',
        seq: other.seq ?? 0,
      },
    ])
  if (other) await records.deleteOne({ _id: other._id, batch_number: null })
  await insertNew(records, [row])
}
