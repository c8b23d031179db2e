import { Schema, type Connection } from 'mongoose'

/**
 * The records whose consequences for outages are being written. Whoever finds the row does all of it again, so that what
 * was cut short ends as it would have.
 */
export interface OutageRoundRow {
  _id: 'round'
  /** Tells rounds apart. */
  number: string
  /** Ids of records, in order. */
  leaf_hashes: string[]
  /** Kept days (ids of `area_days`) that it changes, noted before anything is written. */
  area_days: string[]
}

const schema = new Schema<OutageRoundRow>(
  {
    _id: { type: String, required: true, enum: ['round'] },
    number: { type: String, required: true },
    leaf_hashes: { type: [String], required: true },
    area_days: { type: [String], default: [] },
  },
  { versionKey: false, autoIndex: false },
)

export const outageRoundModel = (connection: Connection) =>
  connection.model<OutageRoundRow>('OutageRound', schema, 'outage_rounds')
