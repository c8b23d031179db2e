import { z } from 'zod'
import {
  firmwareTargetField,
  firmwareVersionField,
  MAX_IMAGE_BYTES,
} from '../device-message/index.ts'
import { hashField } from '../fields.ts'

/** Images that devices load; docs/formats/device-messages.md. */

export const MANIFEST_TYPE = 'application/cose'
export const IMAGE_TYPE = 'application/octet-stream'

/** Answer to an image that was put. */
export const firmwareImageSchema = z.strictObject({
  sha256: hashField,
  size: z.int().min(1).max(MAX_IMAGE_BYTES),
})
export type FirmwareImage = z.infer<typeof firmwareImageSchema>

/** Answer to a manifest that was put. */
export const firmwarePublishedSchema = z.strictObject({
  status: z.enum(['published', 'already_published']),
  target: firmwareTargetField,
  version: firmwareVersionField,
  sha256: hashField,
})
export type FirmwarePublished = z.infer<typeof firmwarePublishedSchema>
