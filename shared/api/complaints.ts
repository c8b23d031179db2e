import { z } from 'zod'
import {
  areaTypeField,
  complaintIdField,
  complaintKindField,
  COMPLAINT_KINDS,
  COMPLAINT_STATUSES,
  faultField,
  KINDS_OF_ANOTHER_OFFICE,
  sensorsSaySchema,
} from '../complaint/index.ts'
import {
  areaIdField,
  deviceTimeField,
  hashField,
  integerField,
  latitudeField,
  longitudeField,
  serverTimeField,
} from '../fields.ts'
import { receiptSchema } from '../receipt/index.ts'
import { COMPLAINT_EVENTS } from '../record/index.ts'
import { bboxField } from './map.ts'
import { pageOf, pageQuery } from './page.ts'
import { IN_ORDER, isInOrder, momentField, roundedDegrees } from './questions.ts'
import { recordStateSchema } from './readings.ts'

/** Longest words of a complaint, a comment or a note, and longest contact, in UTF-16 code units. */
export const MAX_WORDS = 2_000
export const MAX_CONTACT = 200

/** Largest photo taken, before it is made smaller, and the media types it may come in. */
export const MAX_PHOTO_BYTES = 8 * 1024 * 1024
export const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp'] as const

const words = z.string().trim().min(1).max(MAX_WORDS)
const contact = z.string().trim().min(3).max(MAX_CONTACT)
/** A solved challenge of `GET /complaints/challenge`, as the ALTCHA widget hands it over. */
const altcha = z.string().min(1).max(4_000)

/**
 * `Idempotency-Key` of a request that may come again because its answer was lost: a quoted string (RFC 8941 §3.3.3) of at least
 * 128 random bits in base64url, made by the sender and kept secret, for the link's secret follows from it.
 */
export const idempotencyKeyField = z
  .string()
  .regex(/^"[A-Za-z0-9_-]{22,64}"$/, 'expected 22 to 64 of base64url between double quotes')

/** Body of `POST /complaints`. */
export const complaintRequestSchema = z.strictObject({
  kind: z.enum(
    [...COMPLAINT_KINDS, ...KINDS_OF_ANOTHER_OFFICE],
    `expected one of ${COMPLAINT_KINDS.join(', ')}`,
  ),
  latitude: latitudeField,
  longitude: longitudeField,
  /** Counts where no area's outline holds the place. */
  area_id: areaIdField.optional(),
  words: words.optional(),
  contact: contact.optional(),
  altcha,
})
export type ComplaintRequest = z.infer<typeof complaintRequestSchema>

/** Body of `POST /complaints/{id}/join`. */
export const joinRequestSchema = z.strictObject({
  words: words.optional(),
  contact: contact.optional(),
  altcha,
})
export type JoinRequest = z.infer<typeof joinRequestSchema>

/** Body of `POST /complaints/{id}/comments` and, words left out or not, of `/dispute`; with the secret link's token. */
export const commentRequestSchema = z.strictObject({ words })
export const disputeRequestSchema = z.strictObject({ words: words.optional() })

/** What whoever files or joins is given: `token` is the secret of the link and is told once. */
export const complaintFiledSchema = z.strictObject({
  complaint_id: complaintIdField,
  leaf_hash: hashField,
  token: z.string(),
  receipt: receiptSchema,
})
export type ComplaintFiled = z.infer<typeof complaintFiledSchema>

/** What any later step answers. */
export const complaintStepSchema = z.strictObject({
  complaint_id: complaintIdField,
  status: z.enum(COMPLAINT_STATUSES),
  leaf_hash: hashField,
  receipt: receiptSchema,
})
export type ComplaintStepAnswer = z.infer<typeof complaintStepSchema>

/** `GET /complaints/challenge`: what the ALTCHA widget solves. */
export const challengeSchema = z.looseObject({
  parameters: z.record(z.string(), z.json()),
  signature: z.string(),
})

const hoursField = integerField(0)
const clockSchema = z.strictObject({ urban: hoursField, rural: hoursField })

/** `GET /complaints/rules`: by what this portal's complaints go, as its operator set it. */
export const complaintRulesSchema = z.strictObject({
  /** Hours from filing to resolution, by fault and type of area. */
  clock_hours: z.record(faultField, clockSchema),
  /** Days after closing when what is personal is erased. */
  retention_days: integerField(1),
})
export type ComplaintRules = z.infer<typeof complaintRulesSchema>

/** A complaint as everybody sees it; its place is rounded to about 100 m. */
export const complaintSummarySchema = z.strictObject({
  complaint_id: complaintIdField,
  area_id: areaIdField,
  kind: complaintKindField,
  status: z.enum(COMPLAINT_STATUSES),
  latitude: latitudeField,
  longitude: longitudeField,
  area_type: areaTypeField.nullable(),
  fault: faultField,
  filed_at: serverTimeField,
  due_at: serverTimeField,
  acknowledged_at: serverTimeField.nullable(),
  closed_at: serverTimeField.nullable(),
  is_overdue: z.boolean(),
  team: z.string().nullable(),
  affected: integerField(1),
  photos: integerField(0),
  disputes: integerField(0),
  duplicate_of: complaintIdField.nullable(),
  /** Server time of the latest event. */
  changed_at: serverTimeField,
})
export type ComplaintSummary = z.infer<typeof complaintSummarySchema>
export const complaintsSchema = pageOf(complaintSummarySchema)

export const complaintsQuery = z.strictObject({
  ...pageQuery,
  area_id: areaIdField.optional(),
  status: z.enum([...COMPLAINT_STATUSES, 'open']).optional(),
  bbox: bboxField.optional(),
})

/** What the sensors around say now. `off_since`: device time since which all that say OFF have said so; null while none does. */
export const sensorsNowSchema = sensorsSaySchema.extend({ off_since: deviceTimeField.nullable() })
export type SensorsNow = z.infer<typeof sensorsNowSchema>

export const nearbyQuery = z.strictObject({
  latitude: roundedDegrees(latitudeField),
  longitude: roundedDegrees(longitudeField),
})
/** `GET /complaints/nearby`: open complaints within 250 m, and what the sensors around say. */
export const nearbySchema = z.strictObject({
  /** Null where the place lies in no area of this portal. */
  area_id: areaIdField.nullable(),
  complaints: z.array(complaintSummarySchema),
  sensors: sensorsNowSchema,
})
export type Nearby = z.infer<typeof nearbySchema>

export const complaintEventSchema = z.strictObject({
  n: integerField(0),
  event: z.enum(COMPLAINT_EVENTS),
  at: serverTimeField,
  actor: z.strictObject({ id: z.string(), role: z.enum(['citizen', 'official', 'system']) }),
  public: z.record(z.string(), z.json()),
  /** Names of what the event commits to. */
  committed: z.array(z.string()),
  leaf_hash: hashField,
  proof_url: z.string(),
  state: recordStateSchema,
})

/** A personal value, for who may read it: with its salt it opens the commitment of the event. */
export const disclosedSchema = z.strictObject({
  n: integerField(0),
  name: z.string(),
  commitment: hashField,
  salt: z.string(),
  value: z.string(),
})

/** `GET /complaints/{id}`. */
export const complaintSchema = complaintSummarySchema.extend({
  disputable_until: serverTimeField.nullable(),
  /** Devices around that have said OFF since before it was resolved; null while it is not contradicted. */
  contradicted_by: z.array(z.string()).nullable(),
  sensors: sensorsNowSchema,
  events: z.array(complaintEventSchema),
  /** Empty but for who comes with a secret link, who sees what came by it and what officials answered, and for officials. */
  disclosed: z.array(disclosedSchema),
})
export type Complaint = z.infer<typeof complaintSchema>

const secondsOrNull = z.number().min(0).nullable()
const timesSchema = z.strictObject({
  count: integerField(0),
  median_s: secondsOrNull,
  p90_s: secondsOrNull,
})

export const complaintStatisticsQuery = z
  .strictObject({ from: momentField.optional(), to: momentField.optional() })
  .refine(isInOrder, IN_ORDER)
/** `GET /areas/{id}/complaints/statistics`; docs/formats/complaint.md, "Figures". */
export const complaintStatisticsSchema = z.strictObject({
  area_id: areaIdField,
  from: serverTimeField.nullable(),
  to: serverTimeField,
  as_of: serverTimeField,
  filed: integerField(0),
  open: integerField(0),
  overdue: integerField(0),
  acknowledged: integerField(0),
  resolved: integerField(0),
  rejected: integerField(0),
  disputed: integerField(0),
  /** Resolved while sensors around still say OFF since before. */
  contradicted: integerField(0),
  /** Measured outages that go on and that nobody complained of, and those of them past their clock. */
  unreported_outages: integerField(0),
  unreported_overdue: integerField(0),
  to_acknowledge: timesSchema,
  to_resolve: timesSchema,
  /** Share from 0 to 1; null with the reason where nothing was resolved or overdue. */
  within_clock: z.number().min(0).max(1).nullable(),
  within_clock_reason: z.enum(['nothing_due']).nullable(),
})
export type ComplaintStatistics = z.infer<typeof complaintStatisticsSchema>
