import { Schema, type Connection } from 'mongoose'

/** What devices of one target are to load: the message their operator signed, and what it says. */
export interface FirmwareManifestRow {
  /** The target. */
  _id: string
  message: Buffer
  version: number
  sha256: string
}

const schema = new Schema<FirmwareManifestRow>(
  {
    _id: { type: String, required: true },
    message: { type: Buffer, required: true },
    version: { type: Number, required: true },
    sha256: { type: String, required: true },
  },
  { versionKey: false, autoIndex: false },
)

export const firmwareManifestModel = (connection: Connection) =>
  connection.model<FirmwareManifestRow>('FirmwareManifest', schema, 'firmware_manifests')
