import type { Model, mongo } from 'mongoose'

/**
 * Writes many rows, in any order unless told otherwise. Past Mongoose, whose casting of thousands of rows takes longer than the write: what is
 * given has the type of the row already, and nothing in it is undefined.
 */
export async function writeRows<Row extends { _id: string }>(
  model: Model<Row>,
  operations: readonly mongo.AnyBulkWriteOperation<Row>[],
  { ordered = false } = {},
): Promise<void> {
  if (operations.length > 0) await model.collection.bulkWrite(operations as never, { ordered })
}
