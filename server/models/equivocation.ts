import { Schema, type Connection } from 'mongoose'

/** A validly signed reading whose number was already used with other content: evidence against the device. */
export interface EquivocationRow {
  /** Signed digest, hex: the same contradiction is kept once. */
  _id: string
  device_id: string
  seq: number
  received_at: Date
  body: string
}

const schema = new Schema<EquivocationRow>(
  {
    _id: { type: String, required: true },
    device_id: { type: String, required: true },
    seq: { type: Number, required: true },
    received_at: { type: Date, required: true },
    body: { type: String, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ device_id: 1, seq: 1 })

export const equivocationModel = (connection: Connection) =>
  connection.model<EquivocationRow>('Equivocation', schema, 'equivocations')
