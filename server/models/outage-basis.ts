import { Schema, type Connection } from 'mongoose'

/** What the outages kept were derived by, and how far a rebuild by something else has come. One row. */
export interface OutageBasisRow {
  _id: 'basis'
  /** Version of the outage rules; null: nothing was derived yet. */
  rules: number | null
  heartbeat_ms: number | null
  /** Version of the rows they are kept in; absent: of those before rows had one. */
  kept_as?: number
  /** Absent: what is kept is what is read. */
  rebuild?: {
    /** Tells one that was asked for meanwhile from this one. */
    number: string
    /**
     * `asked`; `building` beside what is read, once every record is marked; `switching` to what was built, once every
     * record is in it.
     */
    stage: 'asked' | 'building' | 'switching'
    /** Of one that was asked for: every record up to this id is marked. Absent: not begun. */
    marked_to?: string
    /** Until when what is read meanwhile knows everything; null: not begun. */
    known_until_at: Date | null
  }
}

const schema = new Schema<OutageBasisRow>(
  {
    _id: { type: String, required: true, enum: ['basis'] },
    rules: { type: Number, default: null },
    heartbeat_ms: { type: Number, default: null },
    kept_as: { type: Number, required: false },
    rebuild: { type: Schema.Types.Mixed, required: false },
  },
  { versionKey: false, autoIndex: false },
)

export const outageBasisModel = (connection: Connection) =>
  connection.model<OutageBasisRow>('OutageBasis', schema, 'outage_basis')
