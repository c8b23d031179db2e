import { z } from 'zod'
import { areaIdField, deviceIdField, hashField, integerField, serverTimeField } from '../fields.ts'
import { receiptSchema } from '../receipt/index.ts'
import { pageOf, pageQuery } from './page.ts'
import { IN_ORDER, isInOrder, momentField, upperCased } from './questions.ts'

/** Most readings one request may carry. */
export const MAX_READINGS_PER_REQUEST = 1000
/** Largest accepted body of `POST /readings`. */
export const MAX_READINGS_BYTES = 2 * 1024 * 1024

/** One reading in compact form (RFC 9052 §2), and many one after the other (RFC 8742). */
export const COMPACT_TYPE = 'application/cose'
export const COMPACT_SEQUENCE_TYPE = 'application/cbor-seq'

/** Why one reading was rejected; each has its status in `PROBLEM_STATUS`. */
export const REJECTION_CODES = [
  'malformed',
  'unknown_device',
  'bad_signature',
  'suspended_device',
  'equivocation',
  'clock_ahead',
  'rate_limited',
] as const

/** Largest payload of a message that is looked at; a reading takes less than one KiB. */
export const MAX_MESSAGE_BYTES = 16 * 1024

/** Why a message from a broker is refused: as any reading, or for its topic or size. */
export const MESSAGE_REFUSAL_CODES = [...REJECTION_CODES, 'wrong_topic', 'too_large'] as const
export type MessageRefusalCode = (typeof MESSAGE_REFUSAL_CODES)[number]

/** Answer to one handed-in reading. */
export const acceptanceSchema = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.enum(['accepted', 'duplicate']),
    leaf_hash: hashField,
    receipt: receiptSchema,
  }),
  z.strictObject({
    status: z.literal('rejected'),
    code: z.enum(REJECTION_CODES),
    detail: z.string(),
  }),
])
export type Acceptance = z.infer<typeof acceptanceSchema>

/** What became of a message. */
export type MessageVerdict =
  | Exclude<Acceptance, { status: 'rejected' }>
  | { status: 'rejected'; code: MessageRefusalCode; detail: string }

export const RECORD_STATES = ['accepted', 'sealed', 'published', 'anchored', 'final'] as const
export const recordStateSchema = z.enum(RECORD_STATES)
export type RecordState = z.infer<typeof recordStateSchema>

/** `seq` numbers the readings of one device. */
export const readingsQuery = z
  .strictObject({
    ...pageQuery,
    device_id: upperCased(deviceIdField).optional(),
    area_id: areaIdField.optional(),
    seq: z.coerce.number().pipe(integerField(1)).optional(),
    from: momentField.optional(),
    to: momentField.optional(),
  })
  .refine(({ seq, device_id }) => seq === undefined || device_id !== undefined, {
    error: 'expected a device where `seq` is asked for',
    path: ['device_id'],
  })
  .refine(isInOrder, IN_ORDER)

/**
 * A stored reading; `reading` is the signed object as it came, or of the compact form its members, with the bytes in
 * `cose`; `chain` tells how it stands to the one before it.
 */
export const storedReadingSchema = z.strictObject({
  leaf_hash: hashField,
  area_id: areaIdField,
  received_at: serverTimeField,
  state: recordStateSchema,
  chain: z.enum(['ok', 'gap', 'unknown']),
  reading: z.record(z.string(), z.json()),
  cose: z.string().optional(),
})
export const storedReadingsSchema = pageOf(storedReadingSchema)
export type StoredReading = z.infer<typeof storedReadingSchema>
