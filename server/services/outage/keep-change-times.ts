import { modelsBeside, type OutageRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { readAhead } from '../read-ahead.ts'
import { isSameOutage } from './outage-rows.ts'
import { writeRows } from './write-rows.ts'

const ROWS_AT_ONCE = 1_000

/**
 * Gives the outages of a rebuild the times at which they changed: what was derived as it is read keeps the time it has there,
 * so that nobody is told of it again; what is new or other changes now, when it comes to be read. Done again, it does the same.
 */
export async function keepChangeTimes(deps: Pick<Deps, 'models' | 'clock'>): Promise<void> {
  const next = modelsBeside(deps.models).outages
  const changed: string[] = []
  const all = next.collection.find<OutageRow>({}, { batchSize: ROWS_AT_ONCE }).sort({ _id: 1 })
  for await (const rows of readAhead(all)) changed.push(...(await keepOfSame(deps, rows)))
  // Last, and together: who listens looks back a few seconds only.
  const changedAt = deps.clock.now()
  await writeRows(
    next,
    changed.map((_id) => ({
      updateOne: { filter: { _id }, update: { $set: { changed_at: changedAt } } },
    })),
  )
}

/** Answers the ids of the others. */
async function keepOfSame(
  { models }: Pick<Deps, 'models'>,
  rows: readonly OutageRow[],
): Promise<string[]> {
  const ids = rows.map(({ _id }) => _id)
  const found = await models.outages.find({ _id: { $in: ids } }).lean()
  const read = new Map(found.map((row) => [row._id, row]))
  const same = rows.flatMap((row) => {
    const before = read.get(row._id)
    return before && isSameOutage(row, before) ? [before] : []
  })
  await writeRows(
    modelsBeside(models).outages,
    same.map(({ _id, changed_at }) => ({
      updateOne: { filter: { _id }, update: { $set: { changed_at } } },
    })),
  )
  const kept = new Set(same.map(({ _id }) => _id))
  return ids.filter((id) => !kept.has(id))
}
