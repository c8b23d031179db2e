import { Schema, type Connection } from 'mongoose'

const KEPT_S = 30 * 86_400

/** That everybody who asked was told of the beginning or the end of an outage. */
export interface PushNoticeRow {
  /** `<outage_id>:began` or `<outage_id>:ended`. */
  _id: string
  told_at: Date
}

const schema = new Schema<PushNoticeRow>(
  { _id: { type: String, required: true }, told_at: { type: Date, required: true } },
  { versionKey: false, autoIndex: false },
)

schema.index({ told_at: 1 }, { expireAfterSeconds: KEPT_S })

export const pushNoticeModel = (connection: Connection) =>
  connection.model<PushNoticeRow>('PushNotice', schema, 'push_notices')
