import { z } from 'zod'
import {
  addressField,
  areaIdField,
  deviceTimeField,
  hashField,
  hex32Field,
  integerField,
  publicKeyField,
  serverTimeField,
} from '../fields.ts'
import { READING_REASONS } from '../reading/index.ts'
import { COMPLAINT_EVENTS, DEVICE_EVENTS } from '../record/index.ts'
import { pageOf, pageQuery } from './page.ts'
import { recordStateSchema } from './readings.ts'

export const BATCH_STATES = ['sealed', 'published', 'anchored', 'final'] as const
export const batchStateSchema = z.enum(BATCH_STATES)
export type BatchState = z.infer<typeof batchStateSchema>

/** The last failure of a step, until the step succeeds, as anyone may know it. */
export const failureSchema = z.strictObject({
  step: z.enum(['seal', 'publish', 'anchor', 'confirm', 'derive', 'complaint']),
  code: z.string(),
  at: serverTimeField,
  attempt: integerField(1),
  next_try_at: serverTimeField,
})
export type Failure = z.infer<typeof failureSchema>

/** With the words of whoever failed, which may name addresses and balances: for the administrator. */
export const failureDetailSchema = failureSchema.extend({ message: z.string() })
export type FailureDetail = z.infer<typeof failureDetailSchema>

export const failuresQuery = z.strictObject(pageQuery)
/** `GET /admin/failures`: the latest first. */
export const failuresSchema = pageOf(
  z.strictObject({ subject: z.string(), failure: failureDetailSchema }),
)

export const batchSchema = z.strictObject({
  area_id: areaIdField,
  number: integerField(1),
  state: batchStateSchema,
  size: integerField(1),
  root: hashField,
  previous_root: hashField,
  cid: z.string().nullable(),
  sealed_at: serverTimeField,
  anchor: z
    .strictObject({
      transaction: hex32Field,
      block_number: integerField(0),
      block_hash: hex32Field,
      anchored_at: serverTimeField,
      confirmations: integerField(0).nullable(),
      /** Why nobody knows how many: the node does not answer, or, in events, is not asked. */
      confirmations_reason: z.enum(['chain_unavailable', 'not_asked']).nullable(),
    })
    .nullable(),
  failure: failureSchema.nullable(),
})
export type Batch = z.infer<typeof batchSchema>

export const batchesQuery = z.strictObject({
  ...pageQuery,
  area_id: areaIdField.optional(),
  state: batchStateSchema.optional(),
})
export const batchesSchema = pageOf(batchSchema)

export const recordPlaceSchema = z.strictObject({
  leaf_hash: hashField,
  state: recordStateSchema,
  record: z.record(z.string(), z.json()),
  /** Where it is sealed; null before. */
  batch: z.strictObject({ area_id: areaIdField, number: integerField(1) }).nullable(),
})
export type RecordPlace = z.infer<typeof recordPlaceSchema>

/** What a record says, in short, for whoever puts it into words of their own. */
const recordContentSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('reading'),
    power_status: z.enum(['ON', 'OFF']),
    reason: z.enum(READING_REASONS),
    /** By the device's clock. */
    timestamp: deviceTimeField,
  }),
  z.strictObject({ type: z.literal('device_event'), event: z.enum(DEVICE_EVENTS) }),
  z.strictObject({
    type: z.literal('complaint_event'),
    event: z.enum(COMPLAINT_EVENTS),
    complaint_id: z.string(),
  }),
])
export type RecordContent = z.infer<typeof recordContentSchema>

/** Leaf hashes and kinds of a batch's records, in their order. */
export const batchRecordsSchema = pageOf(
  z.strictObject({
    index: integerField(0),
    leaf_hash: hashField,
    type: z.enum(['reading', 'device_event', 'complaint_event']),
    at: serverTimeField,
    device_id: z.string().nullable(),
    content: recordContentSchema,
    /** The content in English. */
    summary: z.string(),
  }),
)
export type BatchRecord = z.infer<typeof batchRecordsSchema>['items'][number]

/** What the portal itself uses, so that others may use something else; api.md `GET /ledger`. */
export const ledgerSchema = z.strictObject({
  chain_id: integerField(1),
  contract: addressField,
  abi_url: z.string(),
  rpc_url: z.string().nullable(),
  gateway_url: z.string(),
  /** Every IPFS gateway offered for looking at files: the one above, then those of others. */
  gateway_urls: z.array(z.string()).min(1),
  log_key: publicKeyField,
  outage_rules: z.literal('v1'),
  /** How often a device is expected to report: the outage rules need it, the records do not hold it. */
  heartbeat_seconds: integerField(1),
  batch_interval_seconds: integerField(1),
  confirmations: integerField(1),
  explorer_url: z.string().nullable(),
})
export type Ledger = z.infer<typeof ledgerSchema>

/** Most areas one answer of what is due names. */
export const MAX_DUE_AREAS = 100

export const dueQuery = z.strictObject({ area_id: areaIdField.optional() })

/** `GET /ledger/due`: areas with records that wait for a batch, the next due first. */
export const dueSchema = z.strictObject({
  as_of: serverTimeField,
  items: z
    .array(
      z.strictObject({
        area_id: areaIdField,
        /** When the oldest of them was accepted. */
        oldest_at: serverTimeField,
        /** When its batch is to be sealed: `batch_interval_seconds` later. In the past: it is late. */
        due_at: serverTimeField,
      }),
    )
    .max(MAX_DUE_AREAS),
})
export type Due = z.infer<typeof dueSchema>
