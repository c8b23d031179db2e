import { p256 } from '@noble/curves/nist.js'
import { asPublicKey, asSignature } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'

export type SignatureErrorCode = 'malformed' | 'bad_signature'

export interface SignedMessage {
  /** 65 bytes 04‖X‖Y. */
  publicKey: Uint8Array
  /** The signed bytes; hashed here with SHA-256. */
  message: Uint8Array
  /** 64 raw bytes r‖s, 1 ≤ r, s < n; high and low s are both valid. */
  signature: Uint8Array
}

/**
 * Checks an ECDSA P-256 signature over SHA-256 (FIPS 186-5 §6.4.2, raw r‖s as RFC 9053 §2.1). Returns when it holds;
 * throws `malformed` for wrong lengths or a key that is no point of the curve, `bad_signature` otherwise.
 */
export function verifyP256({ publicKey, message, signature }: SignedMessage): void {
  const key = asPublicKey(publicKey)
  const raw = asSignature(signature)
  expectP256Point(key)
  if (!holds(raw, message, key)) {
    throw new CodedError('bad_signature', 'signature: expected one by this key over these bytes')
  }
}

/** Throws `malformed` for 65 bytes 04‖X‖Y that are no point of the curve: with such a key nobody signs anything. */
export function expectP256Point(publicKey: Uint8Array): void {
  try {
    p256.Point.fromBytes(publicKey)
  } catch (cause) {
    throw new CodedError('malformed', 'public key: expected a point of the curve P-256', { cause })
  }
}

function holds(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return p256.verify(signature, message, publicKey, {
      format: 'compact',
      lowS: false,
      prehash: true,
    })
  } catch {
    // r or s is zero or not below the order of the group: such bytes are a signature of nothing.
    return false
  }
}
