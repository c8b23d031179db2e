import { Schema, type Connection } from 'mongoose'

/**
 * What is being written of the outages: the consequences of some records (`round`), or nothing yet, because all is to be
 * forgotten first (`rebuild`). Whoever finds a row does all of it again, so that what was cut short ends as it would have.
 */
export interface OutageRoundRow {
  _id: 'round' | 'rebuild'
  /** Tells rounds apart. */
  number: string
  /** Ids of records, in order; of a rebuild none. */
  leaf_hashes: string[]
  /** Kept days (ids of `area_days`) that it changes, noted before anything is written. */
  area_days: string[]
}

const schema = new Schema<OutageRoundRow>(
  {
    _id: { type: String, required: true, enum: ['round', 'rebuild'] },
    number: { type: String, required: true },
    leaf_hashes: { type: [String], required: true },
    area_days: { type: [String], default: [] },
  },
  { versionKey: false, autoIndex: false },
)

export const outageRoundModel = (connection: Connection) =>
  connection.model<OutageRoundRow>('OutageRound', schema, 'outage_rounds')
