import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { publicKeyFromHex, toBase64url } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'

const COORDINATE_BYTES = 32
/** A parsed key takes 2.4 kB, and 43 µs to parse. */
const MAX_PARSED_KEYS = 10_000

/**
 * ECDSA P-256 over SHA-256 by OpenSSL, many times as fast as `shared/signature`, which it agrees with. Keys are parsed once,
 * as long as there are not too many.
 */
export function signatureChecker() {
  const keys = new Map<string, KeyObject>()
  /** Whether the raw signature r‖s is one by the key (65 bytes in hex). Throws `malformed` for no point of the curve. */
  return (publicKey: string, message: Uint8Array, signature: Uint8Array): boolean => {
    const key = keys.get(publicKey) ?? keyOf(publicKey)
    if (keys.size >= MAX_PARSED_KEYS && !keys.has(publicKey)) keys.clear()
    keys.set(publicKey, key)
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
}

function keyOf(publicKey: string): KeyObject {
  const point = publicKeyFromHex(publicKey)
  const x = toBase64url(point.subarray(1, 1 + COORDINATE_BYTES))
  const y = toBase64url(point.subarray(1 + COORDINATE_BYTES))
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  } catch (cause) {
    throw new CodedError('malformed', 'public key: expected a point of the curve P-256', { cause })
  }
}
