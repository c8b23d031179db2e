import { Schema, type Connection } from 'mongoose'

/** Until when the complaints of one address have used up what it may hand in. */
export interface ComplaintAllowanceRow {
  /** SHA-256 of the address. */
  _id: string
  /** Each complaint puts it off by what one costs in time; in the past it is the same as no row. */
  used_until: Date
  /** Whether the latest request was within it. */
  granted: boolean
}

const schema = new Schema<ComplaintAllowanceRow>(
  {
    _id: { type: String, required: true },
    used_until: { type: Date, required: true },
    granted: { type: Boolean, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ used_until: 1 }, { expireAfterSeconds: 0 })

export const complaintAllowanceModel = (connection: Connection) =>
  connection.model<ComplaintAllowanceRow>('ComplaintAllowance', schema, 'complaint_allowances')
