import { Schema, type Connection } from 'mongoose'
import type { PlacedReading, ServiceSpan } from '../../shared/outage/index.ts'

/**
 * What the outage rules carry on from, one a device; docs/formats/outage-rules.md. Derived from records. The silence after
 * the last reading is not among the breaks: `tail` tells it.
 */
export interface DeviceLineRow {
  /** Device id. */
  _id: string
  /** When it was in service, with the facts that held; times in ms since 1970. */
  service: ServiceSpan[]
  /** What later readings are judged by, `tailOf` of its readings; empty: never heard. */
  tail: PlacedReading[]
}

const schema = new Schema<DeviceLineRow>(
  {
    _id: { type: String, required: true },
    service: { type: Schema.Types.Mixed, required: true },
    tail: { type: Schema.Types.Mixed, required: true },
  },
  { versionKey: false, autoIndex: false, minimize: false },
)

schema.index({ 'service.areaId': 1, 'service.fromAt': 1 })

export const deviceLineModel = (connection: Connection, name = 'device_lines') =>
  connection.model<DeviceLineRow>(name, schema, name)
