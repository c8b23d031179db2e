import { z } from 'zod'
import {
  areaIdField,
  deviceIdField,
  hashField,
  hasOnePlace,
  integerField,
  ONE_PLACE,
  placeFields,
  publicKeyField,
  serverTimeField,
} from '../fields.ts'
import { readingSchema, unsignedReadingSchema } from '../reading/schema.ts'

/** Records, formats.md §2. */

const head = { v: z.literal(1, 'expected 1'), area_id: areaIdField }

const readingHead = { ...head, type: z.literal('reading'), received_at: serverTimeField }

const jsonReadingRecord = z.strictObject({ ...readingHead, reading: readingSchema })
const compactReadingRecord = z.strictObject({
  ...readingHead,
  reading: unsignedReadingSchema,
  cose: z.string().regex(/^[A-Za-z0-9_-]+$/, 'expected unpadded base64url'),
})

export const STAGES = ['transformer', 'street', 'house'] as const
export const DEVICE_EVENTS = [
  'enrolled',
  'key_rotated',
  'moved',
  'suspended',
  'resumed',
  'revoked',
] as const

/** What the ledger says of a device. */
export const deviceFactsSchema = z
  .strictObject({
    device_id: deviceIdField,
    public_key: publicKeyField,
    stage: z.enum(STAGES, `expected one of ${STAGES.join(', ')}`),
    customers_served: integerField(0),
    ...placeFields,
  })
  .refine(hasOnePlace, ONE_PLACE)

const deviceEventRecord = z.strictObject({
  ...head,
  type: z.literal('device_event'),
  at: serverTimeField,
  event: z.enum(DEVICE_EVENTS, `expected one of ${DEVICE_EVENTS.join(', ')}`),
  device: deviceFactsSchema,
  reason: z.string().min(1).max(500).optional(),
})

export const COMPLAINT_EVENTS = [
  'filed',
  'acknowledged',
  'assigned',
  'in_progress',
  'resolved',
  'disputed',
  'reopened',
  'rejected',
  'commented',
  'redacted',
] as const

const complaintEventRecord = z.strictObject({
  ...head,
  type: z.literal('complaint_event'),
  at: serverTimeField,
  complaint_id: z.string().min(1).max(64),
  event: z.enum(COMPLAINT_EVENTS),
  n: integerField(0),
  previous: hashField.nullable(),
  actor: z.strictObject({
    id: z.string().min(1).max(64),
    role: z.enum(['citizen', 'official', 'system']),
  }),
  commitments: z.record(z.string().min(1).max(64), hashField),
  public: z.record(z.string(), z.json()),
})

export type ReadingRecord = z.infer<typeof jsonReadingRecord> | z.infer<typeof compactReadingRecord>
export type DeviceFacts = z.infer<typeof deviceFactsSchema>
export type DeviceEventRecord = z.infer<typeof deviceEventRecord>
export type ComplaintEventRecord = z.infer<typeof complaintEventRecord>
export type LedgerRecord = ReadingRecord | DeviceEventRecord | ComplaintEventRecord

/** The schema a record must meet, chosen by its `type`; undefined for an unknown type. */
export function recordSchemaFor(value: unknown): z.ZodType<LedgerRecord> | undefined {
  if (value === null || typeof value !== 'object' || !('type' in value)) return undefined
  switch (value.type) {
    case 'reading':
      return 'cose' in value ? compactReadingRecord : jsonReadingRecord
    case 'device_event':
      return deviceEventRecord
    case 'complaint_event':
      return complaintEventRecord
    default:
      return undefined
  }
}
