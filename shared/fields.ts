import { z } from 'zod'
import { fromBase64url } from './bytes.ts'

/** Members that several formats share; formats.md §0. */

/** 64 lower-case hex digits. */
export const hashField = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')

/** 65 bytes 04‖X‖Y in hex. */
export const publicKeyField = z
  .string()
  .regex(/^04[0-9a-f]{128}$/, 'expected 04 and 128 lower-case hex digits')

const base64urlOf = (bytes: number) =>
  z
    .string()
    .refine((text) => decodesTo(text, bytes), `expected ${bytes} bytes in unpadded base64url`)

function decodesTo(text: string, bytes: number): boolean {
  try {
    return fromBase64url(text).length === bytes
  } catch {
    return false
  }
}

export const signatureField = base64urlOf(64)
export const saltField = base64urlOf(16)

/** Serial number of the secure element: 9 bytes. */
export const deviceIdField = z.string().regex(/^[0-9A-F]{18}$/, 'expected 18 upper-case hex digits')

export const areaIdField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected 1 to 31 of a–z, 0–9 and -, not beginning with -')

const isMoment = (text: string, iso: string) => {
  const moment = new Date(text)
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === iso
}

/** Second precision, UTC: what a device writes. */
export const deviceTimeField = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'expected a time like 2026-11-21T05:30:00Z')
  .refine((text) => isMoment(text, text.replace('Z', '.000Z')), 'expected a time that exists')

/** Millisecond precision, UTC: what the server writes. */
export const serverTimeField = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
    'expected a time like 2026-11-21T05:30:00.123Z',
  )
  .refine((text) => isMoment(text, text), 'expected a time that exists')

/** About a decimetre on the ground. */
export const DEGREE_DECIMALS = 6

const degrees = (limit: number) =>
  z
    .number()
    .min(-limit, `expected −${limit} to ${limit}`)
    .max(limit, `expected −${limit} to ${limit}`)
    .refine(
      (value) => Number(value.toFixed(DEGREE_DECIMALS)) === value,
      `expected at most ${DEGREE_DECIMALS} decimals`,
    )

export const latitudeField = degrees(90)
export const longitudeField = degrees(180)

/** Integer from `minimum` to 2^53−1. */
export const integerField = (minimum: number) =>
  z.int().min(minimum, `expected an integer ≥ ${minimum}`).max(Number.MAX_SAFE_INTEGER)

/** Ethereum values keep their 0x. */
export const hex32Field = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'expected 0x and 64 lower-case hex digits')
export const addressField = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/, 'expected 0x and 40 lower-case hex digits')

/** A place is stated either as coordinates or as one commitment to them; formats.md §1, §2. */
export const placeFields = {
  latitude: latitudeField.optional(),
  longitude: longitudeField.optional(),
  location_commitment: hashField.optional(),
}

/** True when exactly one way of stating the place is used. */
export function hasOnePlace(value: {
  latitude?: number | undefined
  longitude?: number | undefined
  location_commitment?: string | undefined
}): boolean {
  const coordinates = value.latitude !== undefined && value.longitude !== undefined
  const half = (value.latitude === undefined) !== (value.longitude === undefined)
  return !half && coordinates !== (value.location_commitment !== undefined)
}

export const ONE_PLACE = 'expected either latitude and longitude, or location_commitment'
