import { Schema, type Connection } from 'mongoose'

/** A device as the ledger's device events say it is, with the latest reading by number. Derived from records. */
export interface DeviceRow {
  _id: string
  area_id: string
  public_key: string
  /** `entering` until the enrolment is among the records. */
  status: 'entering' | 'active' | 'suspended' | 'revoked'
  stage: 'transformer' | 'street' | 'house'
  customers_served: number
  /** GeoJSON; absent for a device whose place is committed. */
  point?: { type: 'Point'; coordinates: [number, number] }
  location_commitment?: string
  /** Leaf hash and area of the event that made the present key count in the present area. */
  enrolment: { leaf_hash: string; area_id: string }
  enrolled_at: Date
  /** Leaf hash of the newest device event: changed by compare-and-swap, so that events form one line. */
  latest_event: string
  /** Server time of the newest event that is among the records. */
  latest_event_at: Date
  /** Until then a change is being decided, whose time is not known yet: no reading is dated meanwhile. */
  changing_until: Date | null
  /**
   * Bodies of the records that say what was decided on, in their order, while they are not yet known to be in the ledger;
   * whoever meets them finishes them.
   */
  pending_event: string[] | null
  last: {
    seq: number
    power_status: 'ON' | 'OFF'
    timestamp: string
    /** Device time at which the present power status was first reported. */
    since: string
    received_at: Date
    leaf_hash: string
  } | null
  /** Time of the database at which `last` was written, however long it waited for that; absent before the first: what the map follows. */
  noted_at?: Date
  /** Server time of the last change of `last.power_status`: what live events follow. */
  changed_at: Date | null
}

const schema = new Schema<DeviceRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    public_key: { type: String, required: true },
    status: { type: String, required: true, enum: ['entering', 'active', 'suspended', 'revoked'] },
    stage: { type: String, required: true, enum: ['transformer', 'street', 'house'] },
    customers_served: { type: Number, required: true },
    point: {
      type: { type: String, enum: ['Point'] },
      coordinates: { type: [Number], default: undefined },
    },
    location_commitment: String,
    enrolment: {
      leaf_hash: { type: String, required: true },
      area_id: { type: String, required: true },
    },
    enrolled_at: { type: Date, required: true },
    latest_event: { type: String, required: true },
    latest_event_at: { type: Date, required: true },
    changing_until: { type: Date, default: null },
    pending_event: { type: [String], default: null },
    last: { type: Schema.Types.Mixed, default: null },
    noted_at: Date,
    changed_at: { type: Date, default: null },
  },
  { versionKey: false, autoIndex: false },
)

// Lists by id: of an area, of a status.
schema.index({ area_id: 1, _id: 1 })
schema.index({ status: 1, _id: 1 })
// The map asks for those inside a rectangle of degrees, of one status.
schema.index({ status: 1, 'point.coordinates.0': 1, 'point.coordinates.1': 1 })
schema.index({ changed_at: 1 })
// What was written since the map last looked.
schema.index({ noted_at: 1 })
schema.index({ latest_event_at: 1 })

export const deviceModel = (connection: Connection) =>
  connection.model<DeviceRow>('Device', schema, 'devices')
