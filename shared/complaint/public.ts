import { z } from 'zod'
import {
  deviceIdField,
  integerField,
  latitudeField,
  longitudeField,
  serverTimeField,
} from '../fields.ts'
import { AREA_TYPES, FAULTS } from './clocks.ts'
import { COMPLAINT_KINDS } from './kinds.ts'
import type { ComplaintEvent } from './transitions.ts'

/** What stands in `public` of each event; docs/formats/complaint.md. */

export const complaintIdField = z
  .string()
  .regex(/^c-[a-z2-7]{16}$/, 'expected c- and 16 of a–z and 2–7')
export const complaintKindField = z.enum(
  COMPLAINT_KINDS,
  `expected one of ${COMPLAINT_KINDS.join(', ')}`,
)
export const faultField = z.enum(FAULTS, `expected one of ${FAULTS.join(', ')}`)
export const areaTypeField = z.enum(AREA_TYPES, `expected one of ${AREA_TYPES.join(', ')}`)
export const teamField = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, 'expected 1 to 40 of a–z, 0–9 and -, no name of a person')

export const REOPEN_REASONS = ['disputed', 'not_restored', 'mistake'] as const
export const REJECT_REASONS = [
  'duplicate',
  'not_ours',
  'unfounded',
  'wrong_place',
  'abuse',
] as const
export const REDACT_REASONS = ['asked', 'retention', 'unlawful'] as const
export const CHANNELS = ['web', 'open311'] as const

/** What the sensors around say; `devices` are those that say OFF. */
export const sensorsSaySchema = z.strictObject({
  on: integerField(0),
  off: integerField(0),
  silent: integerField(0),
  within_m: integerField(0),
  devices: z.array(deviceIdField),
})

/** The fault found, with the moment the complaint is then due: both or neither. */
const found = { fault: faultField.optional(), due_at: serverTimeField.optional() }

export const publicSchemas = {
  filed: z.strictObject({
    kind: complaintKindField,
    latitude: latitudeField,
    longitude: longitudeField,
    area_type: areaTypeField.nullable(),
    fault: faultField,
    due_at: serverTimeField,
    channel: z.enum(CHANNELS),
  }),
  acknowledged: z.strictObject(found),
  assigned: z.strictObject({ team: teamField, ...found }),
  in_progress: z.strictObject(found),
  resolved: z.strictObject({ ...found, sensors: sensorsSaySchema }),
  disputed: z.strictObject({}),
  reopened: z.strictObject({ reason: z.enum(REOPEN_REASONS) }),
  rejected: z
    .strictObject({
      reason: z.enum(REJECT_REASONS),
      duplicate_of: complaintIdField.optional(),
    })
    .refine(
      ({ reason, duplicate_of }) => (reason === 'duplicate') === (duplicate_of !== undefined),
      'expected duplicate_of with the reason duplicate and only there',
    ),
  commented: z.union([
    z.strictObject({ about: z.enum(['note', 'joined', 'photo']) }),
    z.strictObject({ about: z.literal('merged'), complaint_id: complaintIdField }),
  ]),
  redacted: z.strictObject({
    events: z.array(integerField(0)),
    reason: z.enum(REDACT_REASONS),
  }),
} as const satisfies Record<ComplaintEvent, z.ZodType>

/** An event with what it says in public. */
export type PublicPart = {
  [Event in ComplaintEvent]: {
    event: Event
    public: z.infer<(typeof publicSchemas)[Event]>
  }
}[ComplaintEvent]

/** Names of the commitments an event may carry. */
export const COMMITTED = ['words', 'contact', 'place', 'note', 'photo'] as const
export type Committed = (typeof COMMITTED)[number]
