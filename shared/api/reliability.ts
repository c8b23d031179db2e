import { z } from 'zod'
import { areaIdField, deviceTimeField, integerField } from '../fields.ts'
import { INDICES, OUTAGE_RULES_VERSION, type Unknown } from '../outage/index.ts'
import { pageQuery } from './page.ts'
import { IN_ORDER, isInOrder } from './questions.ts'

const UNKNOWN = [
  'no_devices',
  'no_customers',
  'all_silent',
  'no_interruptions',
] as const satisfies Unknown[]

/** A number, or null with the reason: what is unknown is never 0. */
export const figureSchema = z.union([
  z.strictObject({ value: z.number(), unknown: z.null() }),
  z.strictObject({ value: z.null(), unknown: z.enum(UNKNOWN) }),
])

/** Indices with their coverage; docs/formats/outage-rules.md. */
export const figuresSchema = z.strictObject({
  /** Interruptions per customer. */
  saifi: figureSchema,
  /** Minutes per customer. */
  saidi: figureSchema,
  /** Minutes per interruption. */
  caidi: figureSchema,
  /** Momentary interruptions per customer. */
  maifi: figureSchema,
  /** Share of time with mains. */
  asai: figureSchema,
  /** Share of the time of devices in which they were heard. */
  coverage: figureSchema,
  /** Coverage is below 80 %; null where it is unknown. */
  provisional: z.boolean().nullable(),
  /** Mean over the period. */
  customers_served: figureSchema,
  /** Sums over local events, which stand in none of the indices. */
  local: z.strictObject({
    sustained_customer_interruptions: integerField(0),
    momentary_customer_interruptions: integerField(0),
    customer_minutes_off: z.number().min(0),
  }),
})
export type FigureSet = z.infer<typeof figuresSchema>

const period = { from: deviceTimeField, to: deviceTimeField }

/** `GET /areas/{id}/reliability`: figures of an area with all below it. */
export const reliabilitySchema = z.strictObject({
  area_id: areaIdField,
  rules: z.literal(OUTAGE_RULES_VERSION),
  heartbeat_seconds: integerField(1),
  ...period,
  /** Nothing is known after this moment: what of the period lies behind it is not counted yet. */
  as_of: deviceTimeField,
  total: figuresSchema,
  /** By UTC day or month, oldest first; the first and the last may be cut. Empty without `interval`. */
  intervals: z.array(z.strictObject({ ...period, figures: figuresSchema })),
  /** Of the areas directly below, each with all below it. */
  areas: z.array(
    z.strictObject({ area_id: areaIdField, name: z.string(), figures: figuresSchema }),
  ),
  /** Where the leaf hashes behind a figure are listed; add `figure=`. */
  evidence_url: z.string(),
})
export type Reliability = z.infer<typeof reliabilitySchema>

/** Days in UTC (`2026-11-01`), `to` excluded; without them, the last 30 days with today. */
const periodQuery = { from: z.iso.date().optional(), to: z.iso.date().optional() }

export const RELIABILITY_INTERVALS = ['day', 'month'] as const
export const reliabilityQuery = z
  .strictObject({ ...periodQuery, interval: z.enum(RELIABILITY_INTERVALS).optional() })
  .refine(isInOrder, IN_ORDER)

/** `GET /areas/{id}/reliability/evidence`. */
export const FIGURE_NAMES = [...INDICES, 'coverage'] as const
export const reliabilityEvidenceQuery = z
  .strictObject({ ...pageQuery, ...periodQuery, figure: z.enum(FIGURE_NAMES) })
  .refine(isInOrder, IN_ORDER)
