import type { Models, RecordRow } from '../../models/index.ts'

/** Each stretch takes seconds, however many records there are. */
const RECORDS_AT_ONCE = 20_000

/** Records that outages follow from. */
export const DERIVED_FROM: RecordRow['type'][] = ['reading', 'device_event']

/**
 * Marks the next stretch of records, in order of their ids from behind `after`, as ones that outages do not follow from
 * yet. Answers its last id; null: none is left.
 */
export async function markUnderived(
  { records }: Pick<Models, 'records'>,
  after: string,
): Promise<string | null> {
  const behind = { _id: { $gt: after } }
  const last =
    (await lastOf(
      records
        .find(behind)
        .skip(RECORDS_AT_ONCE - 1)
        .sort({ _id: 1 }),
    )) ?? (await lastOf(records.find(behind).sort({ _id: -1 })))
  if (last === null) return null
  await records.updateMany(
    { _id: { $gt: after, $lte: last }, type: { $in: DERIVED_FROM } },
    { $set: { underived: true }, $unset: { placed_at: 1 } },
  )
  return last
}

const lastOf = async (query: ReturnType<Models['records']['find']>): Promise<string | null> =>
  (await query.select({ _id: 1 }).limit(1).lean())[0]?._id ?? null
