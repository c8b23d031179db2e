import {
  concat,
  equalBytes,
  fromBase64url,
  hashFromHex,
  sha256,
  utf8,
  type Hash,
} from '../bytes.ts'
import { CodedError } from '../coded-error.ts'

export const SALT_BYTES = 16

/** Commitment of formats.md §6: SHA-256(salt ‖ UTF-8 value), salt of 16 random bytes. */
export function commit(salt: Uint8Array, value: string): Hash {
  if (salt.length !== SALT_BYTES) {
    throw new CodedError('malformed', `salt: expected ${SALT_BYTES} bytes, got ${salt.length}`)
  }
  return sha256(concat(salt, utf8(value)))
}

/** Checks that salt (base64url) and value open the commitment (hex); throws `disclosure` when they do not. */
export function verifyCommitment(commitment: string, salt: string, value: string): void {
  if (!equalBytes(commit(fromBase64url(salt), value), hashFromHex(commitment))) {
    throw new CodedError('disclosure', `value: expected one that opens commitment ${commitment}`)
  }
}
