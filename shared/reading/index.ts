import { sha256, type Hash } from '../bytes.ts'
import { canonicalBytes } from '../json.ts'
import { parseAs } from '../parse.ts'
import { readingSchema, type Reading, type UnsignedReading } from './schema.ts'

export { READING_REASONS, readingSchema, type Reading, type UnsignedReading } from './schema.ts'
export { chainStatus, type ChainStatus } from './chain.ts'
export { decodeCompact } from './compact.ts'
export { sequenceItems } from './cbor.ts'

/** Parses one reading in JSON form, formats.md §1; throws a `MalformedError`. */
export const parseReading = (value: unknown): Reading => parseAs(readingSchema, value, 'reading')

/** The bytes a device signs in the JSON form: the canonical members without `device_signature`. */
export function signedBytes(reading: Reading | UnsignedReading): Uint8Array {
  return canonicalBytes({ ...reading, device_signature: undefined })
}

/** SHA-256 of the signed bytes: what the device's next reading names as `previous`. */
export const signedDigest = (signed: Uint8Array): Hash => sha256(signed)
