import { Schema, type Connection } from 'mongoose'
import type { Sums } from '../../shared/outage/index.ts'

/**
 * The sums of one area, without those below it, for one day (UTC) of which time alone changes nothing any more. Made when
 * first asked for, forgotten when a record changes them; derived from records.
 */
export interface AreaDayRow {
  /** `<area_id>.<YYYY-MM-DD>`. */
  _id: string
  area_id: string
  /** Its first moment. */
  day: Date
  /** Who computes it. A row forgotten meanwhile is not there to take the sums, so that none are kept that are outdated. */
  token: string
  /** Null while they are being computed. */
  sums: Sums | null
}

const schema = new Schema<AreaDayRow>(
  {
    _id: { type: String, required: true },
    area_id: { type: String, required: true },
    day: { type: Date, required: true },
    token: { type: String, required: true },
    sums: { type: Schema.Types.Mixed, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ area_id: 1, day: 1 })

export const areaDayModel = (connection: Connection) =>
  connection.model<AreaDayRow>('AreaDay', schema, 'area_days')
