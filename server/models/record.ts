import { Schema, type Connection } from 'mongoose'

/** One record of the ledger. `_id` is its leaf hash in hex. */
export interface RecordRow {
  _id: string
  area_id: string
  type: 'reading' | 'device_event' | 'complaint_event'
  /** `received_at` or `at` of the record: what a batch orders by. */
  ordered_at: Date
  /** Its canonical bytes as text, which are the evidence; absent where `in_file` says where they are. */
  body?: string
  /** Where its bytes are in the file of its batch, once they are kept on IPFS alone. */
  in_file?: { offset: number; length: number }
  /** Number of the batch that holds it; null until sealed. Derived from the batch's leaf list. */
  batch_number: number | null
  device_id?: string
  complaint_id?: string
  seq?: number
  /** By the device's clock. */
  measured_at?: Date
  /** SHA-256 of the signed bytes, hex: what the next reading names as `previous`. */
  digest?: string
  /** Until outages follow from it; absent afterwards, and of records they do not depend on. */
  underived?: true
  /** Of a reading outages follow from: the time that counts for it by the outage rules. */
  placed_at?: Date
}

const schema = new Schema<RecordRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    type: { type: String, required: true, enum: ['reading', 'device_event', 'complaint_event'] },
    ordered_at: { type: Date, required: true },
    body: String,
    in_file: { type: { offset: Number, length: Number }, _id: false },
    batch_number: { type: Number, default: null },
    device_id: String,
    complaint_id: String,
    seq: Number,
    measured_at: Date,
    digest: String,
    underived: Boolean,
    placed_at: Date,
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ area_id: 1, batch_number: 1, ordered_at: 1, _id: 1 })
// Events among the records that wait.
schema.index(
  { area_id: 1, batch_number: 1, ordered_at: 1 },
  { partialFilterExpression: { type: { $in: ['device_event', 'complaint_event'] } } },
)
// Identity of a reading is (device, seq); device events carry no seq and are left out.
schema.index(
  { device_id: 1, seq: 1 },
  { unique: true, partialFilterExpression: { seq: { $exists: true } } },
)
// Lists of readings by the device's time: of a device, of an area, of all.
const ofReadings = { partialFilterExpression: { type: 'reading' } }
schema.index({ device_id: 1, measured_at: -1, _id: -1 }, ofReadings)
schema.index({ area_id: 1, measured_at: -1, _id: -1 }, ofReadings)
schema.index({ measured_at: -1, _id: -1 }, ofReadings)
schema.index({ device_id: 1, ordered_at: 1 }, { partialFilterExpression: { type: 'device_event' } })
schema.index(
  { complaint_id: 1, ordered_at: 1 },
  { partialFilterExpression: { type: 'complaint_event' } },
)
// What outages do not follow from yet.
schema.index({ ordered_at: 1, _id: 1 }, { partialFilterExpression: { underived: true } })

export const recordModel = (connection: Connection) =>
  connection.model<RecordRow>('Record', schema, 'records')
