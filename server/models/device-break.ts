import { Schema, type Connection } from 'mongoose'
import type { ServiceSpan } from '../../shared/outage/index.ts'

/**
 * A stretch in which a device was off or silent, or a gap in its numbering. Between breaks it was on. The silence after the
 * last reading is not here: it follows from `device_lines`. Derived from records.
 */
export interface DeviceBreakRow {
  /** `<device_id>:<kind>:<first_seq>`; of a gap, the number after it. */
  _id: string
  device_id: string
  kind: 'off' | 'silent' | 'gap'
  /** Null: before anything was heard, or a gap, which has no time. */
  from_at: Date | null
  /** Null: it goes on, or a gap. */
  to_at: Date | null
  /** It rests on the readings of these numbers and between; null is without bound. Of a gap: the readings on either side. */
  first_seq: number | null
  last_seq: number | null
  /** Of one that met the service of its device: the interruption it is, with the facts that held when it counts. */
  interruption?: {
    area_id: string
    stage: ServiceSpan['stage']
    customers_served: number
    /** When it counts from; not before `from_at`. */
    counted_at: Date
    /** Where the device was, in hundredths of a degree; absent where its place is not public. */
    cell?: [longitude: number, latitude: number]
  }
  /** Only of a gap. */
  gap?: {
    kind: 'numbers_missing' | 'chain_broken'
    missing: number
    leaf_hashes: string[]
  }
}

/** A break that is an interruption. */
export type InterruptionRow = DeviceBreakRow &
  Required<Pick<DeviceBreakRow, 'interruption'>> & { from_at: Date }

const schema = new Schema<DeviceBreakRow>(
  {
    _id: { type: String, required: true },
    device_id: { type: String, required: true },
    kind: { type: String, required: true, enum: ['off', 'silent', 'gap'] },
    from_at: { type: Date, default: null },
    to_at: { type: Date, default: null },
    first_seq: { type: Number, default: null },
    last_seq: { type: Number, default: null },
    interruption: { type: Schema.Types.Mixed, required: false },
    gap: { type: Schema.Types.Mixed, required: false },
  },
  { versionKey: false, autoIndex: false },
)

// Breaks of a device never overlap: along its time by their ends, so that the latest days cost no history; by its numbers.
schema.index({ device_id: 1, kind: 1, to_at: 1 })
schema.index({ device_id: 1, last_seq: 1 })
// Interruptions of an area, in order of start.
schema.index(
  { 'interruption.area_id': 1, 'interruption.counted_at': 1, _id: 1 },
  { partialFilterExpression: { 'interruption.area_id': { $exists: true } } },
)
// Across devices: those of a kind that reach into the last two days.
schema.index({ kind: 1, to_at: 1 })

export const deviceBreakModel = (connection: Connection, name = 'device_breaks') =>
  connection.model<DeviceBreakRow>(name, schema, name)
