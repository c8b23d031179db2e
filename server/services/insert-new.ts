import type { Model } from 'mongoose'
import { mongo } from 'mongoose'

const DUPLICATE_KEY = 11_000

/**
 * Inserts those documents whose unique keys are not taken; answers the indexes of the others. Journalled before it
 * returns. Throws for any failure that is not a taken key.
 */
export async function insertNew<Row extends { _id: string }>(
  model: Model<Row>,
  rows: readonly Row[],
): Promise<Set<number>> {
  if (rows.length === 0) return new Set()
  try {
    await model.collection.insertMany(rows as never, { ordered: false })
    return new Set()
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error
    const failures = [error.writeErrors].flat()
    if (failures.some(({ code }) => code !== DUPLICATE_KEY) || error.result.getWriteConcernError())
      throw error
    return new Set(failures.map(({ index }) => index))
  }
}

export const isDuplicateKey = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY
