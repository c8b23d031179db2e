import { Schema, type Connection } from 'mongoose'

/**
 * An outage event by the outage rules, docs/formats/outage-rules.md. Derived from records. Its interruptions are the
 * `device_breaks` that count in its area from `started_at` to `last_start_at`: one row could not hold those of a large one.
 */
export interface OutageRow {
  /** `<area_id>.<first start>.<device_id of the first>`. */
  _id: string
  area_id: string
  started_at: Date
  last_start_at: Date
  /** Null while one of its devices is off. */
  ended_at: Date | null
  /** A single house device: left out of the headline indices. */
  local: boolean
  /** How many, each once. */
  devices: number
  customers_affected: number
  /** How many of its interruptions have not ended. */
  open: number
  /** When the latest of those that have did; null: none has. */
  last_ended_at: Date | null
  /** Over its interruptions: another where one of them is other than it was. */
  digest: string
  /** Number of the round that wrote it last. */
  round?: string
  /** Of a local one, whose it is. */
  local_device_id?: string
  /**
   * Where its devices of public place were when they lost mains, in hundredths of a degree and each once, for searching by
   * rectangle along the index; absent where no place is public.
   */
  cells?: { type: 'MultiPoint'; coordinates: [number, number][] }
  /** Server time of the last change: what live events follow. */
  changed_at: Date
}

const schema = new Schema<OutageRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    started_at: { type: Date, required: true },
    last_start_at: { type: Date, required: true },
    ended_at: { type: Date, default: null },
    local: { type: Boolean, required: true },
    devices: { type: Number, required: true },
    customers_affected: { type: Number, required: true },
    open: { type: Number, required: true },
    last_ended_at: { type: Date, default: null },
    digest: { type: String, required: true },
    round: { type: String, required: false },
    local_device_id: { type: String, required: false },
    cells: { type: Schema.Types.Mixed, required: false },
    changed_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

// Newest first: of an area, of all; those that go on have `ended_at` null.
schema.index({ area_id: 1, started_at: -1, _id: -1 })
schema.index({ started_at: -1, _id: -1 })
schema.index({ ended_at: 1, started_at: -1, _id: -1 })
schema.index({ local_device_id: 1, started_at: -1 }, { partialFilterExpression: { local: true } })
schema.index({ cells: '2dsphere' })
schema.index({ changed_at: 1 })

export const outageModel = (connection: Connection, name = 'outages') =>
  connection.model<OutageRow>(name, schema, name)
