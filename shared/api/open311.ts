import { z } from 'zod'
import { complaintIdField, COMPLAINT_KINDS } from '../complaint/index.ts'
import { latitudeField, longitudeField } from '../fields.ts'
import { MAX_CONTACT, MAX_WORDS } from './complaints.ts'
import { momentField, roundedDegrees } from './questions.ts'

/** Open311 GeoReport v2: docs/open311.md. */

export const OPEN311_FORMATS = ['json', 'xml'] as const
export type Open311Format = (typeof OPEN311_FORMATS)[number]

export const serviceCodeField = z.enum(
  COMPLAINT_KINDS,
  `expected one of ${COMPLAINT_KINDS.join(', ')}`,
)

const STATES = ['open', 'closed'] as const
const listOf = <Item extends z.ZodType<string, string>>(item: Item) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item).min(1).max(200))

export const open311RequestsQuery = z.strictObject({
  jurisdiction_id: z.string().max(100).optional(),
  service_request_id: listOf(complaintIdField).optional(),
  service_code: listOf(serviceCodeField).optional(),
  start_date: momentField.optional(),
  end_date: momentField.optional(),
  status: listOf(z.enum(STATES)).optional(),
})
export type Open311Query = z.output<typeof open311RequestsQuery>

export const open311FormSchema = z.strictObject({
  api_key: z.string().optional(),
  jurisdiction_id: z.string().max(100).optional(),
  altcha: z.string().max(4_000).optional(),
  service_code: z.string().max(60),
  lat: roundedDegrees(latitudeField),
  long: roundedDegrees(longitudeField),
  description: z.string().trim().min(1).max(MAX_WORDS).optional(),
  email: z.email().max(MAX_CONTACT).optional(),
  phone: z
    .string()
    .regex(/^[+\d][\d ()-]{2,40}$/, 'expected a phone number')
    .optional(),
})
export type Open311Form = z.output<typeof open311FormSchema>

/** A complaint as GeoReport tells it. */
export const open311RequestSchema = z.strictObject({
  service_request_id: complaintIdField,
  status: z.enum(STATES),
  status_notes: z.string(),
  service_name: z.string(),
  service_code: serviceCodeField,
  agency_responsible: z.string(),
  requested_datetime: z.string(),
  updated_datetime: z.string(),
  expected_datetime: z.string(),
  lat: z.number(),
  long: z.number(),
})
export type Open311Request = z.infer<typeof open311RequestSchema>
