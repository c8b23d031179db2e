import { Schema, type Connection } from 'mongoose'

export interface AreaRow {
  _id: string
  name: string
  kind: string
  parent_id: string | null
  /** GeoJSON Polygon or MultiPolygon, or null. */
  geometry: { type: string; coordinates: unknown[] } | null
}

const schema = new Schema<AreaRow>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    parent_id: { type: String, default: null },
    geometry: { type: Schema.Types.Mixed, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ parent_id: 1 })

export const areaModel = (connection: Connection) =>
  connection.model<AreaRow>('Area', schema, 'areas')
