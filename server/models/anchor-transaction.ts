import { Schema, type Connection } from 'mongoose'

/**
 * A transaction this portal signed to anchor batches. It is stored before it is sent, so that after a crash the same
 * bytes are sent again instead of new ones. Replacements (more gas) share the nonce.
 */
export interface AnchorTransactionRow {
  /** Transaction hash. */
  _id: string
  nonce: number
  batches: string[]
  raw: string
  max_fee_per_gas: string
  max_priority_fee_per_gas: string
  signed_at: Date
  state: 'pending' | 'mined' | 'dropped'
  /** Once mined: gas it used, and wei it cost, as a decimal text. */
  gas_used?: number
  fee_wei?: string
}

const schema = new Schema<AnchorTransactionRow>(
  {
    _id: { type: String, required: true },
    nonce: { type: Number, required: true },
    batches: { type: [String], required: true },
    raw: { type: String, required: true },
    max_fee_per_gas: { type: String, required: true },
    max_priority_fee_per_gas: { type: String, required: true },
    signed_at: { type: Date, required: true },
    state: { type: String, required: true, enum: ['pending', 'mined', 'dropped'] },
    gas_used: Number,
    fee_wei: String,
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ state: 1, signed_at: 1 })

export const anchorTransactionModel = (connection: Connection) =>
  connection.model<AnchorTransactionRow>('AnchorTransaction', schema, 'anchor_transactions')
