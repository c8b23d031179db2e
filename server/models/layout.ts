import { Schema, type Connection } from 'mongoose'

/** How the data of this database is laid out. The row is missing until a portal has seen the database. */
export interface LayoutRow {
  _id: 'layout'
  version: number
  /** Migrations that brought it here, in order. */
  applied: { version: number; name: string; at: Date }[]
}

const schema = new Schema<LayoutRow>(
  {
    _id: { type: String, required: true, enum: ['layout'] },
    version: { type: Number, required: true },
    applied: { type: Schema.Types.Mixed, required: true },
  },
  { versionKey: false, autoIndex: false },
)

export const layoutModel = (connection: Connection) =>
  connection.model<LayoutRow>('Layout', schema, 'layout')
