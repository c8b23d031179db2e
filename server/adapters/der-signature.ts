/**
 * ECDSA signatures of P-256 as OpenSSL has them: ECDSA-Sig-Value of RFC 3279 §2.2.3. Asked for 64 raw bytes instead, Node takes
 * as long again as the signature itself does.
 */
const SCALAR_BYTES = 32
const SEQUENCE = 0x30
const INTEGER = 0x02
const SIGN_BIT = 0x80

/** DER of 64 raw bytes r‖s. */
export function derOfRaw(raw: Uint8Array): Uint8Array {
  const r = integerOf(raw.subarray(0, SCALAR_BYTES))
  const s = integerOf(raw.subarray(SCALAR_BYTES))
  return Uint8Array.of(SEQUENCE, r.length + s.length, ...r, ...s)
}

/** The shortest INTEGER of a scalar; one more byte where its first bit would stand for a sign. */
function integerOf(scalar: Uint8Array): number[] {
  const first = scalar.findIndex((byte) => byte !== 0)
  const bytes = first < 0 ? scalar.subarray(-1) : scalar.subarray(first)
  const isNegative = ((bytes[0] ?? 0) & SIGN_BIT) !== 0
  return isNegative ? [INTEGER, bytes.length + 1, 0, ...bytes] : [INTEGER, bytes.length, ...bytes]
}

/** 64 raw bytes r‖s of DER that OpenSSL made. */
export function rawOfDer(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(2 * SCALAR_BYTES)
  const rAt = 4
  const sAt = rAt + (der[rAt - 1] ?? 0) + 2
  for (const [at, end] of [
    [rAt, SCALAR_BYTES],
    [sAt, 2 * SCALAR_BYTES],
  ] as const) {
    const bytes = der.subarray(at, at + (der[at - 1] ?? 0)).slice(-SCALAR_BYTES)
    raw.set(bytes, end - bytes.length)
  }
  return raw
}
