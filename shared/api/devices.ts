import { z } from 'zod'
import { areaGeometrySchema } from '../area-geometry.ts'
import { areaTypeField } from '../complaint/index.ts'
import {
  areaIdField,
  deviceIdField,
  deviceTimeField,
  hashField,
  integerField,
  serverTimeField,
} from '../fields.ts'
import { DEVICE_EVENTS, deviceFactsSchema } from '../record/index.ts'
import { deviceStateSchema } from './map.ts'

/** Most enrolments one request may carry. */
export const MAX_ENROLMENTS_PER_REQUEST = 1000

/** Body of `POST /admin/devices`: one or many enrolments; a device enters the ledger by it. */
export const enrolmentSchema = z.strictObject({
  /** Without it, the smallest area that holds the coordinates; required beside a `location_commitment`. */
  area_id: areaIdField.optional(),
  device: deviceFactsSchema,
})
export const enrolmentsSchema = z.union([
  enrolmentSchema,
  z.array(enrolmentSchema).min(1).max(MAX_ENROLMENTS_PER_REQUEST),
])
export type Enrolment = z.infer<typeof enrolmentSchema>

export const LATER_DEVICE_EVENTS = [
  'key_rotated',
  'moved',
  'suspended',
  'resumed',
  'revoked',
] as const

/** Body of `POST /admin/devices/{id}/events`: what happens to an enrolled device. `reason` goes into the ledger, with the administrator's pseudonym. */
export const deviceEventRequestSchema = z.strictObject({
  event: z.enum(LATER_DEVICE_EVENTS, `expected one of ${LATER_DEVICE_EVENTS.join(', ')}`),
  reason: z.string().min(1).max(400),
  /** The facts that change: a new key, a new place, a new area. A new place without an area is in the smallest that holds it. */
  area_id: areaIdField.optional(),
  public_key: deviceFactsSchema.shape.public_key.optional(),
  latitude: deviceFactsSchema.shape.latitude,
  longitude: deviceFactsSchema.shape.longitude,
  location_commitment: deviceFactsSchema.shape.location_commitment,
})
export type DeviceEventRequest = z.infer<typeof deviceEventRequestSchema>

export const enrolledSchema = z.strictObject({
  device_id: deviceIdField,
  status: z.enum(['enrolled', 'already_enrolled', 'recorded']),
  leaf_hash: hashField,
})
export type Enrolled = z.infer<typeof enrolledSchema>

/** `GET /devices/{id}`: public facts only. */
export const deviceSchema = z.strictObject({
  device_id: deviceIdField,
  area_id: areaIdField,
  status: z.enum(['active', 'suspended', 'revoked']),
  facts: deviceFactsSchema,
  state: deviceStateSchema,
  last_reading: z
    .strictObject({
      leaf_hash: hashField,
      seq: integerField(1),
      timestamp: deviceTimeField,
      received_at: serverTimeField,
    })
    .nullable(),
  history: z.array(
    z.strictObject({
      event: z.enum(DEVICE_EVENTS),
      at: serverTimeField,
      leaf_hash: hashField,
      /** As it stands in the ledger; null where none was given. */
      reason: z.string().nullable(),
    }),
  ),
  /** Readings that used a number again with other content: kept and shown. */
  equivocations: z.array(
    z.strictObject({
      seq: integerField(1),
      received_at: serverTimeField,
      reading: z.record(z.string(), z.json()),
      /** Original bytes of a compact one, base64url. */
      cose: z.string().optional(),
    }),
  ),
})
export type Device = z.infer<typeof deviceSchema>

/** Body of `PUT /admin/areas/{id}`. */
export const areaRequestSchema = z.strictObject({
  name: z.string().min(1).max(120),
  kind: z.string().min(1).max(40),
  parent_id: areaIdField.nullable(),
  /** Which clocks complaints of the area go by; without it the longer ones. */
  area_type: areaTypeField.nullable().optional(),
  geometry: areaGeometrySchema.nullable(),
})
export type AreaRequest = z.infer<typeof areaRequestSchema>
