import { z } from 'zod'
import {
  deviceIdField,
  deviceTimeField,
  hashField,
  integerField,
  serverTimeField,
} from '../fields.ts'
import { IN_ORDER, isInOrder, momentField } from './questions.ts'
import { OUTAGE_RULES_VERSION, type IntervalState, type NumberingGap } from '../outage/index.ts'

/** Most intervals of one answer. */
export const MAX_TIMELINE_INTERVALS = 2000

const INTERVAL_STATES = ['on', 'off', 'silent', 'out_of_service'] as const satisfies IntervalState[]
const GAP_KINDS = ['numbers_missing', 'chain_broken'] as const satisfies NumberingGap['kind'][]

export const timelineIntervalSchema = z.strictObject({
  state: z.enum(INTERVAL_STATES),
  from: deviceTimeField,
  to: deviceTimeField,
  /** It ends only because nothing later is known. */
  open: z.boolean(),
  /** Leaf hashes of the readings at its ends; null where it has none there. */
  first_leaf_hash: hashField.nullable(),
  last_leaf_hash: hashField.nullable(),
})
export type TimelineInterval = z.infer<typeof timelineIntervalSchema>

/** Two neighbouring readings that do not join; docs/formats/outage-rules.md, "Gaps in the numbering". */
export const timelineGapSchema = z.strictObject({
  kind: z.enum(GAP_KINDS),
  /** When the reading after the gap was measured. */
  at: deviceTimeField,
  /** Null: nothing earlier is held. */
  after_seq: integerField(1).nullable(),
  before_seq: integerField(1),
  missing: integerField(0),
  leaf_hashes: z.array(hashField),
})

/** `GET /devices/{id}/timeline`: intervals in order that cover the period, what is missing, and what contradicts. */
export const timelineSchema = z.strictObject({
  device_id: deviceIdField,
  rules: z.literal(OUTAGE_RULES_VERSION),
  heartbeat_seconds: integerField(1),
  from: deviceTimeField,
  to: deviceTimeField,
  /** Nothing is known after this moment. */
  as_of: deviceTimeField,
  intervals: z.array(timelineIntervalSchema).max(MAX_TIMELINE_INTERVALS),
  gaps: z.array(timelineGapSchema),
  /** Numbers used again with other content, received in the period. */
  equivocations: z.array(z.strictObject({ seq: integerField(1), received_at: serverTimeField })),
  /** Where the answer stopped, as it would have been too long: ask again from there. Null: it is whole. */
  next_from: deviceTimeField.nullable(),
})
export type Timeline = z.infer<typeof timelineSchema>

/** Without them, the last 7 days. */
export const timelineQuery = z
  .strictObject({ from: momentField.optional(), to: momentField.optional() })
  .refine(isInOrder, IN_ORDER)
