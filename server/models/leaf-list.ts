import { Schema, type Connection } from 'mongoose'

/** Leaf hashes of a batch in order, 32 bytes each, at most 8 MiB; `_id` is their Merkle root, so a list never changes. */
export interface LeafListRow {
  _id: string
  leaves: Buffer
}

const schema = new Schema<LeafListRow>(
  { _id: { type: String, required: true }, leaves: { type: Buffer, required: true } },
  { versionKey: false, autoIndex: false },
)

export const leafListModel = (connection: Connection) =>
  connection.model<LeafListRow>('LeafList', schema, 'leaf_lists')
