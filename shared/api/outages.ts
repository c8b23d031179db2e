import { z } from 'zod'
import {
  areaIdField,
  deviceIdField,
  deviceTimeField,
  hashField,
  integerField,
  serverTimeField,
} from '../fields.ts'
import { OUTAGE_RULES_VERSION, type DurationClass } from '../outage/index.ts'
import { STAGES } from '../record/index.ts'
import { bboxField } from './map.ts'
import { pageOf, pageQuery } from './page.ts'
import { IN_ORDER, isInOrder, momentField } from './questions.ts'

/** `<area_id>.<first start>.<device_id>`; docs/formats/outage-rules.md, "Events". */
export const outageIdField = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,30}\.\d{8}T\d{6}Z\.[0-9A-F]{18}$/,
    'expected an outage id like in-br-patna.20261121T053000Z.0123456789ABCDEF01',
  )

export const OUTAGE_STATUSES = ['ongoing', 'restored'] as const
export const outageStatusSchema = z.enum(OUTAGE_STATUSES)
export type OutageStatus = z.infer<typeof outageStatusSchema>

/** West, south, east, north in degrees. */
const boundsSchema = z.tuple([z.number(), z.number(), z.number(), z.number()])

/** One outage event of the rules: interruptions of one area whose starts chain. Also the data of live `outage` events. */
export const outageSchema = z.strictObject({
  outage_id: outageIdField,
  area_id: areaIdField,
  /** Null where the area was never described. */
  area_name: z.string().nullable(),
  status: outageStatusSchema,
  started_at: deviceTimeField,
  /** When the last device had mains again; null while one has not. */
  ended_at: deviceTimeField.nullable(),
  /** From the first start to the end, or so far. */
  duration_seconds: integerField(0),
  /** Of a single house device: a fuse or an unplugged sensor; left out of the headline indices. */
  local: z.boolean(),
  devices: integerField(1),
  /** Each device once. */
  customers_affected: integerField(0),
  /** Around the public places of its devices, in hundredths of a degree; null where all are committed to. */
  bbox: boundsSchema.nullable(),
})
export type Outage = z.infer<typeof outageSchema>

/** `GET /outages`: newest first. `from` and `to` bound the start. `area_id` takes in all areas below it. */
const outagesQuestion = z.strictObject({
  ...pageQuery,
  bbox: bboxField.optional(),
  status: outageStatusSchema.optional(),
  area_id: areaIdField.optional(),
  from: momentField.optional(),
  to: momentField.optional(),
})
export const outagesQuery = outagesQuestion.refine(isInOrder, IN_ORDER)
export const areaOutagesQuery = outagesQuestion
  .omit({ area_id: true, bbox: true })
  .refine(isInOrder, IN_ORDER)
/** Of a file, which is never paged. */
export const outagesFileQuery = outagesQuestion
  .omit({ cursor: true, limit: true })
  .refine(isInOrder, IN_ORDER)
export const outagesSchema = pageOf(outageSchema)
export type Outages = z.infer<typeof outagesSchema>

const DURATION_CLASSES = ['momentary', 'sustained'] as const satisfies DurationClass[]

/** One loss and return of mains at one device of an outage. */
export const interruptionSchema = z.strictObject({
  device_id: deviceIdField,
  stage: z.enum(STAGES),
  customers_served: integerField(0),
  /** [longitude, latitude] as public now; null for a home, whose place is committed to. */
  coordinates: z.tuple([z.number(), z.number()]).nullable(),
  /** When mains were lost. */
  off_at: deviceTimeField,
  /** Its first moment in service: by this it belongs to the outage and to a period. */
  counted_at: deviceTimeField,
  /** When mains returned; null while they have not. */
  ended_at: deviceTimeField.nullable(),
  /** By the time from loss to return, or so far. */
  duration_class: z.enum(DURATION_CLASSES),
  duration_seconds: integerField(0),
})
export type OutageInterruption = z.infer<typeof interruptionSchema>

/** `GET /outages/{id}`: an outage with a page of its interruptions, in order of start. */
export const outageDetailSchema = outageSchema.extend({
  rules: z.literal(OUTAGE_RULES_VERSION),
  /** The moment up to which anything is known. */
  as_of: deviceTimeField,
  interruptions: pageOf(interruptionSchema),
  /** Where the leaf hashes it rests on are listed. */
  evidence_url: z.string(),
})
export type OutageDetail = z.infer<typeof outageDetailSchema>
export const outageQuery = z.strictObject(pageQuery)

/** Leaf hashes something rests on, page by page, each once in a page; `GET /records/{leaf_hash}` has the record. */
export const leafHashesSchema = pageOf(hashField)
export type LeafHashes = z.infer<typeof leafHashesSchema>

/** `POST /admin/outages/rebuild`: it begins within seconds; what was derived so far is read until it ends. */
export const rebuildAskedSchema = z.strictObject({ asked_at: serverTimeField })
export type RebuildAsked = z.infer<typeof rebuildAskedSchema>
