import { Schema, type Connection } from 'mongoose'

export interface FailureFields {
  step: 'seal' | 'publish' | 'anchor' | 'confirm' | 'derive' | 'complaint'
  code: string
  message: string
  at: Date
  attempt: number
  next_try_at: Date
}

/** A batch and how far it has come. `_id` is `<area_id>/<number>`, so inserting one is the compare-and-swap of sealing. */
export interface BatchRow {
  _id: string
  area_id: string
  number: number
  state: 'sealed' | 'published' | 'anchored' | 'final'
  size: number
  root: string
  previous_root: string
  sealed_at: Date
  /** True once every record of the batch carries its number; the next batch of the area is not sealed before. */
  is_marked: boolean
  cid: string | null
  anchor: {
    transaction: string
    block_number: number
    block_hash: string
    anchored_at: Date
  } | null
  failure: FailureFields | null
  /** When the bytes of its readings left the database for its file; absent while they are here. */
  condensed_at?: Date
  /** Server time of the last change of state: what live events follow. */
  changed_at: Date
}

const schema = new Schema<BatchRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    number: { type: Number, required: true },
    state: { type: String, required: true, enum: ['sealed', 'published', 'anchored', 'final'] },
    size: { type: Number, required: true },
    root: { type: String, required: true },
    previous_root: { type: String, required: true },
    sealed_at: { type: Date, required: true },
    is_marked: { type: Boolean, required: true },
    cid: { type: String, default: null },
    anchor: { type: Schema.Types.Mixed, default: null },
    failure: { type: Schema.Types.Mixed, default: null },
    condensed_at: Date,
    changed_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ area_id: 1, number: -1 }, { unique: true })
schema.index({ state: 1, sealed_at: 1 })
// Those that are to be condensed, oldest first.
schema.index({ state: 1, condensed_at: 1, sealed_at: 1 })
schema.index({ sealed_at: -1, _id: -1 })
schema.index({ changed_at: 1 })
// What stops the ledger, the latest first.
schema.index(
  { 'failure.at': -1, _id: -1 },
  { partialFilterExpression: { failure: { $type: 'object' } } },
)

export const batchModel = (connection: Connection) =>
  connection.model<BatchRow>('Batch', schema, 'batches')
