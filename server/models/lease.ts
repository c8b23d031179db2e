import { Schema, type Connection } from 'mongoose'

/** Who may do a job now, until when by the database's clock. */
export interface LeaseRow {
  _id: string
  holder: string
  expires_at: Date
}

const schema = new Schema<LeaseRow>(
  {
    _id: { type: String, required: true },
    holder: { type: String, required: true },
    expires_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

export const leaseModel = (connection: Connection) =>
  connection.model<LeaseRow>('Lease', schema, 'leases')
