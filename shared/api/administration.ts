import { z } from 'zod'
import {
  addressField,
  areaIdField,
  deviceIdField,
  integerField,
  serverTimeField,
} from '../fields.ts'
import { areaTypeField } from '../complaint/index.ts'
import { STAGES } from '../record/index.ts'
import { deviceStateSchema } from './map.ts'
import { pageOf, pageQuery } from './page.ts'

/** What administrators see and auditors read of the portal itself; none of it alters a record. */

export const DEVICE_CONCERNS = ['silent', 'gaps', 'equivocations', 'suspended', 'revoked'] as const

/** `GET /admin/devices`: by their ids; `id` is how an id begins. */
export const adminDevicesQuery = z.strictObject({
  ...pageQuery,
  area_id: areaIdField.optional(),
  concern: z.enum(DEVICE_CONCERNS).optional(),
  id: z
    .string()
    .toUpperCase()
    .regex(/^[0-9A-F]{1,18}$/, 'expected up to 18 upper-case hex digits')
    .optional(),
})
export const adminDeviceSchema = z.strictObject({
  device_id: deviceIdField,
  area_id: areaIdField,
  status: z.enum(['active', 'suspended', 'revoked']),
  state: deviceStateSchema,
  stage: z.enum(STAGES),
  customers_served: integerField(0),
  /** Server time of the latest reading; null where none came. */
  heard_at: serverTimeField.nullable(),
  /** Gaps in the numbering, and readings that used a number again with other content. */
  gaps: integerField(0),
  equivocations: integerField(0),
})
export type AdminDevice = z.infer<typeof adminDeviceSchema>
export const adminDevicesSchema = pageOf(adminDeviceSchema)

/** `GET /admin/areas`: by their ids, without outlines. */
export const adminAreasQuery = z.strictObject(pageQuery)
export const adminAreaSchema = z.strictObject({
  area_id: areaIdField,
  name: z.string(),
  kind: z.string(),
  parent_id: areaIdField.nullable(),
  /** Null where nobody said: complaints go by the longer clock. */
  area_type: areaTypeField.nullable(),
  has_outline: z.boolean(),
})
export type AdminArea = z.infer<typeof adminAreaSchema>
export const adminAreasSchema = pageOf(adminAreaSchema)

/** Body of `POST /admin/failures/retry`: a subject that `GET /admin/failures` named. */
export const retryRequestSchema = z.strictObject({ subject: z.string().min(1).max(80) })
export const retrySchema = z.strictObject({ subject: z.string(), next_try_at: serverTimeField })

const hours = z.strictObject({ urban: integerField(1), rural: integerField(1) })
/** `GET /admin/ledger`: the account that pays for anchors, and what the operator chose; no secrets. */
export const adminLedgerSchema = z.strictObject({
  chain_id: integerField(1),
  contract: addressField,
  account: addressField,
  /** Wei, as decimal digits; null with the reason where the node could not be asked. */
  balance_wei: z.string().regex(/^\d+$/).nullable(),
  balance_reason: z.enum(['chain_unavailable']).nullable(),
  settings: z.strictObject({
    batch_interval_seconds: z.number(),
    max_batch_records: integerField(1),
    confirmations: integerField(1),
    heartbeat_seconds: z.number(),
    bump_after_seconds: z.number(),
    lease_seconds: z.number(),
    max_fee_gwei: z.number(),
    complaint_retention_days: z.number(),
    complaint_clock_hours: z.strictObject({
      fuse_off: hours,
      overhead_line: hours,
      cable: hours,
      transformer: hours,
    }),
  }),
})
export type AdminLedger = z.infer<typeof adminLedgerSchema>
