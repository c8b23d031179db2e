import { Schema, type Connection } from 'mongoose'
import type { AreaGeometry } from '../../shared/area-geometry.ts'
import { AREA_TYPES, type AreaType } from '../../shared/complaint/index.ts'

export interface AreaRow {
  _id: string
  name: string
  kind: string
  parent_id: string | null
  /** What clocks of complaints go by; null or absent where nobody said. */
  area_type?: AreaType | null
  /** As imported: what decides where a point lies. */
  geometry: AreaGeometry | null
  /** The same with fewer corners, for the map only. */
  outline: AreaGeometry | null
  /** Of `geometry`. */
  square_metres: number | null
}

/** Names compared without case and accents; an index serves only queries of the same collation. */
export const AREA_NAME_COLLATION = { locale: 'en', strength: 1 } as const

const schema = new Schema<AreaRow>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    parent_id: { type: String, default: null },
    area_type: { type: String, enum: [...AREA_TYPES, null], default: null },
    geometry: { type: Schema.Types.Mixed, default: null },
    outline: { type: Schema.Types.Mixed, default: null },
    square_metres: { type: Number, default: null },
  },
  { versionKey: false, autoIndex: false },
)

schema.index({ parent_id: 1 })
// Searched by the beginning of a name.
schema.index({ name: 1 }, { name: 'name_in_any_case', collation: AREA_NAME_COLLATION })
// Refuses rings that cross themselves; areas without geometry are left out of it.
schema.index({ geometry: '2dsphere' })

export const areaModel = (connection: Connection) =>
  connection.model<AreaRow>('Area', schema, 'areas')
