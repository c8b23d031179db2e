import { Schema, type Connection } from 'mongoose'

/** A photo, sealed. It is stored before the event that commits to it, and goes by itself when that event never comes. */
export interface ComplaintPhotoRow {
  /** The commitment, hex. */
  _id: string
  sealed: Buffer
  /** When it goes; null once its event is decided. */
  expires_at: Date | null
}

const schema = new Schema<ComplaintPhotoRow>(
  {
    _id: { type: String, required: true },
    sealed: { type: Buffer, required: true },
    expires_at: { type: Date, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const complaintPhotoModel = (connection: Connection) =>
  connection.model<ComplaintPhotoRow>('ComplaintPhoto', schema, 'complaint_photos')
