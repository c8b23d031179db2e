import { Schema, type Connection } from 'mongoose'

/** Until when someone has used up what they may do, of one kind. */
export interface AllowanceRow {
  /** The kind, and a keyed hash of whom it is counted for: an address, a device, an account. */
  _id: string
  /** Each use puts it off by what one costs in time; in the past it is the same as no row. */
  used_until: Date
  /** Whether the latest use was within it. */
  granted: boolean
}

const schema = new Schema<AllowanceRow>(
  {
    _id: { type: String, required: true },
    used_until: { type: Date, required: true },
    granted: { type: Boolean, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ used_until: 1 }, { expireAfterSeconds: 0 })

export const allowanceModel = (connection: Connection) =>
  connection.model<AllowanceRow>('Allowance', schema, 'allowances')
