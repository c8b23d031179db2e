import { Schema, type Connection } from 'mongoose'
import type { FailureFields } from './batch.ts'

/** What stops a step where no batch can bear it: `_id` is the step, or `seal:<area_id>`, `derive:<leaf hash>`,
 * `complaint:<complaint_id>`. Absent while nothing does. */
export interface FailureRow {
  _id: string
  failure: FailureFields
}

const schema = new Schema<FailureRow>(
  { _id: { type: String, required: true }, failure: { type: Schema.Types.Mixed, required: true } },
  { versionKey: false, autoIndex: false },
)

// What stops the ledger, the latest first.
schema.index(
  { 'failure.at': -1, _id: -1 },
  { partialFilterExpression: { failure: { $type: 'object' } } },
)

export const failureModel = (connection: Connection) =>
  connection.model<FailureRow>('Failure', schema, 'failures')
