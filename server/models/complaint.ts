import { Schema, type Connection } from 'mongoose'
import type {
  AreaType,
  Committed,
  ComplaintKind,
  ComplaintStatus,
  Fault,
} from '../../shared/complaint/index.ts'

/** A personal value behind a commitment of an event, with its salt: both encrypted, so that erasing is forgetting. */
export interface ComplaintSecret {
  /** Number of the event that commits to it. */
  n: number
  name: Committed
  commitment: string
  /** Number of the event whose secret link it was handed in by; null for an official's. */
  owner: number | null
  /** Salt and value, sealed for this complaint, event and name. */
  sealed: Buffer
}

/** What was decided and is not yet known to be in the ledger; whoever meets it finishes it. */
export interface PendingComplaintEvent {
  /** Body of the record. */
  body: string
  secrets: ComplaintSecret[]
  /** Bearer of a new secret link, where the event gives one out. */
  token_hash: string | null
  /** `request` of that link. */
  request_hash?: string
}

/** What is kept of a secret link. */
interface GivenLink {
  /** SHA-256 of its secret. */
  hash: string
  /** Number of the event it came from. */
  n: number
  /** HMAC-SHA-256 of the request it was given out for, by that request's idempotency key; absent where it had none. */
  request?: string
}

/** Where a complaint stands, derived from its records; with the personal values, which are nowhere else. */
export interface ComplaintRow {
  _id: string
  area_id: string
  /** The area and all it lay in when the complaint was filed. */
  areas: string[]
  kind: ComplaintKind
  /** 3 a danger, 2 no mains, 1 bad mains. */
  severity: number
  /** `entering` until the filing is among the records. */
  status: ComplaintStatus | 'entering'
  /** GeoJSON of the rounded place: the only one that is kept in the clear. */
  point: { type: 'Point'; coordinates: [number, number] }
  area_type: AreaType | null
  fault: Fault
  filed_at: Date
  due_at: Date
  acknowledged_at: Date | null
  closed_at: Date | null
  team: string | null
  disputes: number
  affected: number
  photos: number
  duplicate_of: string | null
  /** Number, leaf hash and time of the latest event: the hash is changed by compare-and-swap, so that events form one line. */
  n: number
  latest_event: string
  latest_event_at: Date
  pending_event: PendingComplaintEvent | null
  /** True while `pending_event` is there, else absent: what the clock looks for. */
  is_pending?: true
  tokens: GivenLink[]
  /** SHA-256 of the idempotency key of the filing; absent where it had none. */
  filing_key?: string
  secrets: ComplaintSecret[]
  /** When personal data is to be erased; null while the complaint is open or nothing is left. */
  erase_at: Date | null
  /** Server time of the latest event: what live events follow. */
  changed_at: Date
}

const schema = new Schema<ComplaintRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    areas: { type: [String], required: true },
    kind: { type: String, required: true },
    severity: { type: Number, required: true },
    status: { type: String, required: true },
    point: {
      type: { type: String, enum: ['Point'] },
      coordinates: { type: [Number], default: undefined },
    },
    area_type: { type: String, default: null },
    fault: { type: String, required: true },
    filed_at: { type: Date, required: true },
    due_at: { type: Date, required: true },
    acknowledged_at: { type: Date, default: null },
    closed_at: { type: Date, default: null },
    team: { type: String, default: null },
    disputes: { type: Number, required: true },
    affected: { type: Number, required: true },
    photos: { type: Number, required: true },
    duplicate_of: { type: String, default: null },
    n: { type: Number, required: true },
    latest_event: { type: String, required: true },
    latest_event_at: { type: Date, required: true },
    pending_event: { type: Schema.Types.Mixed, default: null },
    is_pending: Boolean,
    tokens: { type: Schema.Types.Mixed, required: true },
    filing_key: String,
    secrets: { type: Schema.Types.Mixed, required: true },
    erase_at: { type: Date, default: null },
    changed_at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false },
)

// Lists, newest first: all, or of an area; figures of an area by time of filing.
schema.index({ filed_at: -1, _id: -1 })
schema.index({ areas: 1, filed_at: -1, _id: -1 })
// The queue: open ones by their clock, or the gravest first; of all areas, or of some.
schema.index({ closed_at: 1, due_at: 1, _id: 1 })
schema.index({ areas: 1, closed_at: 1, due_at: 1, _id: 1 })
schema.index({ closed_at: 1, severity: -1, due_at: 1, _id: 1 })
schema.index({ areas: 1, closed_at: 1, severity: -1, due_at: 1, _id: 1 })
// Those inside a rectangle of degrees.
schema.index({ 'point.coordinates.0': 1, 'point.coordinates.1': 1 })
schema.index({ filing_key: 1 }, { unique: true, sparse: true })
schema.index({ changed_at: 1 })
schema.index({ is_pending: 1 }, { partialFilterExpression: { is_pending: true } })
schema.index({ erase_at: 1 }, { partialFilterExpression: { erase_at: { $type: 'date' } } })

export const complaintModel = (connection: Connection) =>
  connection.model<ComplaintRow>('Complaint', schema, 'complaints')
