import { z } from 'zod'
import { areaIdField, hashField } from '../fields.ts'
import { parseAs } from '../parse.ts'
import { payloadOf, sealMessage, type OperatorKey } from './envelope.ts'
import { decodePayload, encodePayload, type Member } from './payload.ts'

/** Type 2 of docs/formats/device-messages.md: the manifest of a firmware image. */

const TYPE = 2
export const MAX_IMAGE_BYTES = 1_572_864
export const MAX_MANIFEST_BYTES = 384

const MEMBERS: readonly Member[] = [
  [2, 'version', 'integer'],
  [3, 'size', 'integer'],
  [4, 'sha256', 'bytes'],
  [5, 'path', 'text'],
  [6, 'target', 'text'],
]

/** The boards an image is for; spelt as an area id is. */
export const firmwareTargetField = areaIdField
export const firmwareVersionField = z
  .int()
  .min(1, 'expected 1 or more')
  .max(2 ** 32 - 1, 'expected at most 2^32 − 1')

export const manifestSchema = z.strictObject({
  version: firmwareVersionField,
  size: z
    .int()
    .min(1, 'expected 1 byte or more')
    .max(MAX_IMAGE_BYTES, `expected at most ${MAX_IMAGE_BYTES} bytes`),
  sha256: hashField,
  path: z
    .string()
    .regex(/^\/[\x21\x23-\x7e]{1,94}$/, 'expected / and 1 to 94 visible ASCII characters'),
  target: firmwareTargetField,
})
export type FirmwareManifest = z.infer<typeof manifestSchema>

/** Where a portal serves the image of this hash. */
export const imagePath = (sha256: string): string => `/api/v1/firmware/images/${sha256}`

export const sealManifest = (manifest: FirmwareManifest, key: OperatorKey): Uint8Array =>
  sealMessage(
    encodePayload(TYPE, MEMBERS, parseAs(manifestSchema, manifest, 'firmware manifest')),
    key,
  )

/** Reads a manifest; its signature is not looked at. Throws `malformed`. */
export const readManifest = (message: Uint8Array): FirmwareManifest =>
  parseAs(manifestSchema, decodePayload(TYPE, MEMBERS, payloadOf(message)), 'firmware manifest')
