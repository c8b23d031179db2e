import { createPublicKey, verify, webcrypto } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, sha256, toBase64url, utf8 } from '../../../shared/bytes.ts'
import { verifyP256, type SignedMessage } from '../../../shared/signature/index.ts'
import { refusal, withFlippedBit } from './refusal.ts'

const ORDER = p256.Point.CURVE().n
const scalar = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0'))
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const halves = (signature: Uint8Array) => ({
  r: signature.subarray(0, 32),
  s: signature.subarray(32),
})

function signedBy(name: string, message: Uint8Array): SignedMessage {
  const privateKey = sha256(utf8(name))
  const signature = p256.sign(message, privateKey, { lowS: false, prehash: true })
  return { publicKey: p256.getPublicKey(privateKey, false), message, signature }
}

const complement = (signature: Uint8Array): Uint8Array => {
  const { r, s } = halves(signature)
  return concat(r, scalar(ORDER - number(s)))
}

const noble = (signed: SignedMessage): boolean => refusal(() => verifyP256(signed)) === undefined

async function webCrypto({ publicKey, message, signature }: SignedMessage): Promise<boolean> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  try {
    const key = await webcrypto.subtle.importKey('raw', publicKey, algorithm, false, ['verify'])
    return await webcrypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' },
      key,
      signature,
      message,
    )
  } catch {
    return false
  }
}

function openSsl({ publicKey, message, signature }: SignedMessage): boolean {
  try {
    const x = toBase64url(publicKey.subarray(1, 33))
    const y = toBase64url(publicKey.subarray(33))
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature)
  } catch {
    return false
  }
}

const signed = fc
  .tuple(fc.constantFrom('a', 'b', 'c'), fc.uint8Array({ maxLength: 200 }))
  .map(([name, message]) => signedBy(name, message))

type Mutation = (signed: SignedMessage, seed: number) => SignedMessage
const onSignature =
  (change: (signature: Uint8Array, seed: number) => Uint8Array): Mutation =>
  (original, seed) => ({ ...original, signature: change(original.signature, seed) })
const bitOf = (bytes: Uint8Array, seed: number) => withFlippedBit(bytes, seed % (bytes.length * 8))

const MUTATIONS: Record<string, Mutation> = {
  none: (original) => original,
  'the complementary s': onSignature(complement),
  'r = 0': onSignature((signature) => concat(scalar(0n), halves(signature).s)),
  's = 0': onSignature((signature) => concat(halves(signature).r, scalar(0n))),
  'r = n': onSignature((signature) => concat(scalar(ORDER), halves(signature).s)),
  's = n': onSignature((signature) => concat(halves(signature).r, scalar(ORDER))),
  'r > n': onSignature((signature, seed) =>
    concat(scalar(ORDER + BigInt(seed)), halves(signature).s),
  ),
  's > n': onSignature((signature, seed) =>
    concat(halves(signature).r, scalar(ORDER + BigInt(seed))),
  ),
  'all ones': onSignature(() => new Uint8Array(64).fill(0xff)),
  'r and s exchanged': onSignature((signature) => concat(halves(signature).s, halves(signature).r)),
  'a bit of the signature': onSignature(bitOf),
  'a short signature': onSignature((signature, seed) => signature.subarray(0, seed % 64)),
  'a long signature': onSignature((signature) => concat(signature, Uint8Array.of(0))),
  'a bit of the message': (original, seed) =>
    original.message.length === 0
      ? original
      : { ...original, message: bitOf(original.message, seed) },
  'another key': (original) => ({
    ...original,
    publicKey: signedBy('d', original.message).publicKey,
  }),
  'a point off the curve': (original, seed) => {
    const point = bitOf(original.publicKey.subarray(1), seed)
    return { ...original, publicKey: concat(Uint8Array.of(4), point) }
  },
}

describe('verifyP256', () => {
  it.each(Object.entries(MUTATIONS))(
    'agrees with WebCrypto and OpenSSL: %s',
    async (_name, mutate) => {
      await fc.assert(
        fc.asyncProperty(signed, fc.nat(), async (original, seed) => {
          const mutated = mutate(original, seed)
          const verdict = noble(mutated)
          expect(await webCrypto(mutated)).toBe(verdict)
          expect(openSsl(mutated)).toBe(verdict)
        }),
        { numRuns: 25 },
      )
    },
  )

  const original = signedBy('a', utf8('mains are on'))
  const codeAfter = (mutation: Mutation | undefined, seed = 1) =>
    refusal(() => mutation && verifyP256(mutation(original, seed)))

  it.each(['none', 'the complementary s'])('holds: %s', (name) => {
    expect(codeAfter(MUTATIONS[name])).toBeUndefined()
  })

  it.each([
    'r = 0',
    's = 0',
    'r = n',
    's = n',
    'r > n',
    's > n',
    'all ones',
    'another key',
    'a bit of the message',
  ])('says bad_signature: %s', (name) => {
    expect(codeAfter(MUTATIONS[name])).toBe('bad_signature')
  })

  it.each(['a short signature', 'a long signature', 'a point off the curve'])(
    'says malformed: %s',
    (name) => {
      expect(codeAfter(MUTATIONS[name])).toBe('malformed')
    },
  )

  it('takes keys uncompressed only', () => {
    const compressed = p256.getPublicKey(sha256(utf8('a')), true)
    expect(refusal(() => verifyP256({ ...original, publicKey: compressed }))).toBe('malformed')
    const hybrid = concat(Uint8Array.of(6), original.publicKey.subarray(1))
    expect(refusal(() => verifyP256({ ...original, publicKey: hybrid }))).toBe('malformed')
    expect(refusal(() => verifyP256({ ...original, publicKey: new Uint8Array(65) }))).toBe(
      'malformed',
    )
  })
})
