import { Schema, type Connection } from 'mongoose'
import type { Action } from '../../shared/action-log/index.ts'

/** An entry of the action log under its number: the unique key that makes entries one line. Only ever inserted. */
export interface ActionRow {
  _id: number
  entry: Action
}

const schema = new Schema<ActionRow>(
  {
    _id: { type: Number, required: true },
    entry: { type: Schema.Types.Mixed, required: true },
  },
  // An empty detail is part of what is hashed.
  { versionKey: false, autoIndex: false, minimize: false },
)

export const actionModel = (connection: Connection) =>
  connection.model<ActionRow>('Action', schema, 'actions')
