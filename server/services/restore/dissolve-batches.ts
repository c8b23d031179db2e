import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'

/**
 * Takes back the batches of an area from this number on, which the contract never took: their records wait again. Repeatable. Throws
 * `contradiction` where one of them is said to be anchored.
 */
export async function dissolveBatches(
  { models }: Pick<Deps, 'models'>,
  area_id: string,
  number: number,
): Promise<void> {
  const from = { area_id, number: { $gte: number } }
  const anchored = await models.batches
    .findOne({ ...from, state: { $in: ['anchored', 'final'] } })
    .lean()
  if (anchored)
    throw new CodedError(
      'contradiction',
      `batch ${anchored._id}: it is ${anchored.state} here, the chain holds another history of its records`,
    )
  await models.batches.deleteMany(from)
  await models.records.updateMany(
    { area_id, batch_number: { $gte: number } },
    { $set: { batch_number: null } },
  )
}
