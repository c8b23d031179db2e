import { z } from 'zod'
import {
  deviceIdField,
  deviceTimeField,
  hashField,
  hasOnePlace,
  integerField,
  ONE_PLACE,
  placeFields,
  signatureField,
} from '../fields.ts'

/** Why a reading was taken. */
export const READING_REASONS = ['heartbeat', 'change', 'last_gasp', 'boot'] as const

/** Members of a reading, formats.md §1. Units stand in the names. */
const members = {
  v: z.literal(1, 'expected 1'),
  device_id: deviceIdField,
  seq: integerField(1),
  timestamp: deviceTimeField,
  power_status: z.enum(['ON', 'OFF'], 'expected "ON" or "OFF"'),
  reason: z.enum(READING_REASONS, 'expected heartbeat, change, last_gasp or boot'),
  ...placeFields,
  previous: hashField.optional(),
  off_since: deviceTimeField.optional(),
  energy_import_wh: integerField(0).optional(),
  energy_export_wh: integerField(0).optional(),
  voltage_mv: integerField(0).optional(),
  current_ma: integerField(0).optional(),
  power_w: integerField(Number.MIN_SAFE_INTEGER).optional(),
  frequency_mhz: integerField(0).optional(),
  firmware: z.string().max(16, 'expected at most 16 characters').optional(),
}

interface CrossChecked {
  reason: string
  off_since?: string | undefined
}

const offSinceOnlyAtBoot = (reading: CrossChecked) =>
  reading.off_since === undefined || reading.reason === 'boot'
const OFF_SINCE = { message: 'expected only with reason boot', path: ['off_since'] }

/** The members a device signs, without the signature. */
export const unsignedReadingSchema = z
  .strictObject(members)
  .refine(hasOnePlace, ONE_PLACE)
  .refine(offSinceOnlyAtBoot, OFF_SINCE)

/** A reading in its JSON form, with its signature. */
export const readingSchema = z
  .strictObject({ ...members, device_signature: signatureField })
  .refine(hasOnePlace, ONE_PLACE)
  .refine(offSinceOnlyAtBoot, OFF_SINCE)

export type UnsignedReading = z.infer<typeof unsignedReadingSchema>
export type Reading = z.infer<typeof readingSchema>
