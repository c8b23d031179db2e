import { p256 } from '@noble/curves/nist.js'

const POINT_BYTES = 64
const DIGEST_BYTES = 32
const UNCOMPRESSED = 0x04

/** Whether a signature holds: X‖Y, a SHA-256 digest and r‖s, one after the other, as the core's verifier is asked. */
export function verifyDigest(question: Uint8Array): boolean {
  const point = question.subarray(0, POINT_BYTES)
  const digest = question.subarray(POINT_BYTES, POINT_BYTES + DIGEST_BYTES)
  const signature = question.subarray(POINT_BYTES + DIGEST_BYTES)
  try {
    return p256.verify(signature, digest, Uint8Array.of(UNCOMPRESSED, ...point), {
      lowS: false,
      prehash: false,
    })
  } catch {
    // Bytes that are no signature, or no point of the curve.
    return false
  }
}
