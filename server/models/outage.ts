import { Schema, type Connection } from 'mongoose'
import type { ServiceSpan } from '../../shared/outage/index.ts'

/** An outage event by the outage rules, docs/formats/outage-rules.md. Derived from records. */
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
  interruptions: {
    device_id: string
    stage: ServiceSpan['stage']
    customers_served: number
    off_at: Date
    counted_at: Date
    ended_at: Date | null
    /** It rests on the readings of these numbers and between; null is without bound. */
    first_seq: number | null
    last_seq: number | null
  }[]
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
    interruptions: { type: Schema.Types.Mixed, required: true },
    cells: { type: Schema.Types.Mixed, required: false },
    changed_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

// Newest first: of an area, of all; those that go on have `ended_at` null.
schema.index({ area_id: 1, started_at: -1, _id: -1 })
schema.index({ started_at: -1, _id: -1 })
schema.index({ ended_at: 1, started_at: -1, _id: -1 })
schema.index({ 'interruptions.device_id': 1, started_at: -1 })
schema.index({ cells: '2dsphere' })
schema.index({ changed_at: 1 })

export const outageModel = (connection: Connection, name = 'outages') =>
  connection.model<OutageRow>(name, schema, name)
