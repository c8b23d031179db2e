import { Schema, type Connection } from 'mongoose'
import type { FailureFields } from './batch.ts'

/** What stops an area's next batch from being sealed; absent while nothing does. */
export interface AreaLedgerRow {
  _id: string
  failure: FailureFields
}

const schema = new Schema<AreaLedgerRow>(
  { _id: { type: String, required: true }, failure: { type: Schema.Types.Mixed, required: true } },
  { versionKey: false, autoIndex: false },
)

export const areaLedgerModel = (connection: Connection) =>
  connection.model<AreaLedgerRow>('AreaLedger', schema, 'area_ledgers')
