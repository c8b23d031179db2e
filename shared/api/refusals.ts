import { z } from 'zod'
import { areaIdField, deviceIdField, serverTimeField } from '../fields.ts'
import { MESSAGE_REFUSAL_CODES } from './readings.ts'

/** `GET /admin/refusals`: a message that was refused for good. */
export const refusalSchema = z.strictObject({
  at: serverTimeField,
  /** By its topic; null where that names no device. */
  area_id: areaIdField.nullable(),
  device_id: deviceIdField.nullable(),
  code: z.enum(MESSAGE_REFUSAL_CODES),
  /** Null for `malformed`: what was sent instead of a reading may be anything, and is not kept. */
  detail: z.string().nullable(),
})
export type Refusal = z.infer<typeof refusalSchema>

export const refusalsSchema = z.strictObject({ items: z.array(refusalSchema) })
