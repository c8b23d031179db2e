import { z } from 'zod'
import {
  complaintIdField,
  complaintKindField,
  COMPLAINT_STATUSES,
  faultField,
  REJECT_REASONS,
  REOPEN_REASONS,
  teamField,
} from '../complaint/index.ts'
import { areaIdField, hashField, integerField, serverTimeField } from '../fields.ts'
import { complaintSummarySchema, MAX_WORDS, sensorsNowSchema } from './complaints.ts'
import { pageOf, pageQuery } from './page.ts'

export type { ComplaintStepAnswer } from './complaints.ts'

/** Most complaints one request may act on. */
export const MAX_BULK_COMPLAINTS = 100

/** Kept private, committed to in the ledger: read by officials and by whoever filed. */
const note = z.string().trim().min(1).max(MAX_WORDS).optional()
const fault = faultField.optional()

/** What an official may do to a complaint; each becomes one record. */
export const complaintActionSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('acknowledge'), fault, note }),
  z.strictObject({ action: z.literal('assign'), team: teamField, fault, note }),
  z.strictObject({ action: z.literal('start'), fault, note }),
  z.strictObject({ action: z.literal('resolve'), fault, note }),
  z.strictObject({
    action: z.literal('reject'),
    reason: z.enum(REJECT_REASONS).exclude(['duplicate']),
    note,
  }),
  z.strictObject({ action: z.literal('reopen'), reason: z.enum(REOPEN_REASONS), note }),
  z.strictObject({ action: z.literal('note'), note: z.string().trim().min(1).max(MAX_WORDS) }),
  z.strictObject({ action: z.literal('merge'), into: complaintIdField, note }),
  z.strictObject({
    action: z.literal('redact'),
    /** Numbers of the events to erase; all without. */
    events: z.array(integerField(0)).min(1).max(MAX_BULK_COMPLAINTS).optional(),
    reason: z.enum(['asked', 'unlawful']),
  }),
])
export type ComplaintActionRequest = z.infer<typeof complaintActionSchema>

/** Body of `POST /admin/complaints/actions`: the same step on many. */
export const complaintBulkSchema = z.strictObject({
  complaint_ids: z.array(complaintIdField).min(1).max(MAX_BULK_COMPLAINTS),
  step: complaintActionSchema,
})
export const complaintBulkAnswerSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      complaint_id: complaintIdField,
      status: z.enum(COMPLAINT_STATUSES).nullable(),
      leaf_hash: hashField.nullable(),
      /** Why nothing happened to this one. */
      code: z.string().nullable(),
      detail: z.string().nullable(),
    }),
  ),
})
export type ComplaintBulkAnswer = z.infer<typeof complaintBulkAnswerSchema>

/**
 * `GET /admin/complaints`: open ones by their clock, or the gravest first; or closed ones, the latest first; or those resolved of
 * late that the sensors around contradict, the latest first and on one page.
 */
export const complaintQueueQuery = z.strictObject({
  ...pageQuery,
  area_id: areaIdField.optional(),
  kind: complaintKindField.optional(),
  show: z.enum(['open', 'closed', 'contradicted']).default('open'),
  order: z.enum(['clock', 'severity']).default('clock'),
})
export const queuedComplaintSchema = complaintSummarySchema.extend({
  severity: integerField(1),
  /** Resolved while sensors around say OFF since before. */
  is_contradicted: z.boolean(),
  sensors: sensorsNowSchema,
})
export const complaintQueueSchema = pageOf(queuedComplaintSchema)
export type QueuedComplaint = z.infer<typeof queuedComplaintSchema>

/** An outage that goes on and that nobody complained of; `due_at` is as for a fuse, from its first measurement. */
export const unreportedOutageSchema = z.strictObject({
  outage_id: z.string(),
  area_id: areaIdField,
  started_at: serverTimeField,
  due_at: serverTimeField,
  is_overdue: z.boolean(),
  devices: integerField(0),
  customers_affected: integerField(0),
})
export type UnreportedOutage = z.infer<typeof unreportedOutageSchema>
export const unreportedOutagesSchema = z.strictObject({ items: z.array(unreportedOutageSchema) })
