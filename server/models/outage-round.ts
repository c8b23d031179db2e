import { Schema, type Connection } from 'mongoose'

/**
 * The records whose consequences are being written: one row at most. Whoever finds it does all of it again, so that a round
 * cut short anywhere ends as it would have.
 */
export interface OutageRoundRow {
  _id: 'round'
  /** Tells rounds apart. */
  number: string
  /** Ids of records, in order. */
  leaf_hashes: string[]
}

const schema = new Schema<OutageRoundRow>(
  {
    _id: { type: String, required: true, enum: ['round'] },
    number: { type: String, required: true },
    leaf_hashes: { type: [String], required: true },
  },
  { versionKey: false, autoIndex: false },
)

export const outageRoundModel = (connection: Connection) =>
  connection.model<OutageRoundRow>('OutageRound', schema, 'outage_rounds')
