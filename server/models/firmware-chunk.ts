import { Schema, type Connection } from 'mongoose'

/** A part of an image, so that a range of it is read without the rest. */
export interface FirmwareChunkRow {
  /** `<sha256>/<number, three digits>` */
  _id: string
  bytes: Buffer
  /** As the image's. */
  expires_at: Date | null
}

const schema = new Schema<FirmwareChunkRow>(
  {
    _id: { type: String, required: true },
    bytes: { type: Buffer, required: true },
    expires_at: { type: Date, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const firmwareChunkModel = (connection: Connection) =>
  connection.model<FirmwareChunkRow>('FirmwareChunk', schema, 'firmware_chunks')
