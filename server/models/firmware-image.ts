import { Schema, type Connection } from 'mongoose'

/** An image of which every chunk is stored. */
export interface FirmwareImageRow {
  /** SHA-256 of the image, hex. */
  _id: string
  size: number
  /** When it goes; null while a manifest names it. */
  expires_at: Date | null
}

const schema = new Schema<FirmwareImageRow>(
  {
    _id: { type: String, required: true },
    size: { type: Number, required: true },
    expires_at: { type: Date, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ expires_at: 1 }, { expireAfterSeconds: 0 })

export const firmwareImageModel = (connection: Connection) =>
  connection.model<FirmwareImageRow>('FirmwareImage', schema, 'firmware_images')
