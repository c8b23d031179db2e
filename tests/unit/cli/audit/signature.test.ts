import { p256 } from '@noble/curves/nist.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { signatureChecker } from '../../../../cli/audit/signature.ts'
import { publicKeyFromHex, toHex } from '../../../../shared/bytes.ts'
import { verifyP256 } from '../../../../shared/signature/index.ts'

const ORDER = p256.Point.Fn.ORDER
const SCALAR_HEX = 64
const scalar = (value: bigint) =>
  Uint8Array.from({ length: SCALAR_HEX / 2 }, (_, index) =>
    Number((value >> BigInt(8 * (SCALAR_HEX / 2 - 1 - index))) & 0xffn),
  )
const number = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`)

/** What becomes of a signature r‖s. */
const CHANGES: Record<string, (r: bigint, s: bigint) => [bigint, bigint]> = {
  'as it was made': (r, s) => [r, s],
  'with the other s, which is as valid': (r, s) => [r, ORDER - s],
  'with r zero': (_, s) => [0n, s],
  'with s zero': (r) => [r, 0n],
  'with s beyond the order': (r, s) => [r, (s + ORDER) % (1n << 256n)],
  'with r and s exchanged': (r, s) => [s, r],
}

function holdsByOracle(publicKey: string, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    verifyP256({ publicKey: publicKeyFromHex(publicKey), message, signature })
    return true
  } catch {
    return false
  }
}

it.each(Object.entries(CHANGES))('agrees with the oracle on a signature %s', (_what, change) => {
  const isSignedBy = signatureChecker()
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(bytes, fc.uint8Array({ maxLength: 300 }), (seed, message) => {
      const { secretKey, publicKey } = p256.keygen(concatSeed(seed))
      const point = toHex(p256.Point.fromBytes(publicKey).toBytes(false))
      const made = p256.sign(message, secretKey, { prehash: true, format: 'compact' })
      const [r, s] = change(number(made.subarray(0, 32)), number(made.subarray(32)))
      const signature = Uint8Array.from([...scalar(r), ...scalar(s)])
      const expected = holdsByOracle(point, message, signature)
      expect(isSignedBy(point, message, signature)).toBe(expected)
      expect(isSignedBy(point, Uint8Array.from([...message, 0]), signature)).toBe(false)
    }),
    { numRuns: 20 },
  )
})

/** A key takes 48 bytes of seed (FIPS 186-5 A.2.1). */
const concatSeed = (seed: Uint8Array) => Uint8Array.from([...seed, ...seed.subarray(0, 16)])

it('takes no key that is no point of the curve', () => {
  const nowhere = `04${'11'.repeat(64)}`
  expect(() => signatureChecker()(nowhere, new Uint8Array(), new Uint8Array(64))).toThrow(
    'expected a point of the curve P-256',
  )
})
