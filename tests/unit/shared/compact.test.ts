import { p256 } from '@noble/curves/nist.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, fromHex, publicKeyFromHex, sha256, toHex, utf8 } from '../../../shared/bytes.ts'
import {
  decodeCompact,
  sequenceItems,
  signedDigest,
  type UnsignedReading,
} from '../../../shared/reading/index.ts'
import { verifyP256 } from '../../../shared/signature/index.ts'
import vectors from '../../vectors/readings.json' with { type: 'json' }
import { compactOf, compactPayload } from './compact-writer.ts'
import { refusal, withFlippedBit } from './refusal.ts'

const privateKey = sha256(utf8('compact device'))
const publicKey = p256.getPublicKey(privateKey, false)

const second = fc
  .date({
    min: new Date('1969-01-01T00:00:00Z'),
    max: new Date('2200-01-01T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString().replace(/\.\d{3}Z$/, 'Z'))
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex)
const degrees = (limit: number) =>
  fc.integer({ min: -limit * 1e6, max: limit * 1e6 }).map((value) => value / 1e6)
const place = fc.oneof(
  fc.record({ latitude: degrees(90), longitude: degrees(180) }),
  fc.record({ location_commitment: hash }),
)
const occasion = fc.oneof(
  fc.record({
    reason: fc.constantFrom('heartbeat' as const, 'change' as const, 'last_gasp' as const),
  }),
  fc.record({ reason: fc.constant('boot' as const), off_since: second }),
)
const amount = fc.maxSafeNat()
const members = fc.record(
  {
    v: fc.constant(1 as const),
    device_id: fc
      .uint8Array({ minLength: 9, maxLength: 9 })
      .map((bytes) => toHex(bytes).toUpperCase()),
    seq: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    timestamp: second,
    power_status: fc.constantFrom('ON' as const, 'OFF' as const),
    previous: hash,
    energy_import_wh: amount,
    energy_export_wh: amount,
    voltage_mv: amount,
    current_ma: amount,
    power_w: fc.maxSafeInteger(),
    frequency_mhz: amount,
    firmware: fc.string({ maxLength: 8, unit: 'binary' }),
  },
  { requiredKeys: ['v', 'device_id', 'seq', 'timestamp', 'power_status'] },
)
const reading: fc.Arbitrary<UnsignedReading> = fc
  .tuple(members, place, occasion)
  .map(([first, where, why]) => ({ ...first, ...where, ...why }))

const accept = (cose: Uint8Array, key: Uint8Array) => {
  const { message, signature } = decodeCompact(cose)
  verifyP256({ publicKey: key, message, signature })
}

describe('the compact vectors', () => {
  it.each(vectors.compact)('decode to what they show', (vector) => {
    const { reading: decoded, signed, message } = decodeCompact(fromHex(vector.cose_hex))
    expect(decoded).toEqual(vector.decoded)
    expect(toHex(signed)).toBe(vector.payload_hex)
    expect(toHex(message)).toBe(vector.sig_structure_hex)
    expect(toHex(signedDigest(signed))).toBe(vector.digest)
    const device = vectors.devices.find(({ device_id }) => device_id === decoded.device_id)
    expect(
      refusal(() => accept(fromHex(vector.cose_hex), publicKeyFromHex(device?.public_key ?? ''))),
    ).toBeUndefined()
  })
})

describe('decodeCompact', () => {
  it('gives back any reading another writer encoded', () => {
    fc.assert(
      fc.property(reading, (value) => {
        const { reading: decoded, signed } = decodeCompact(compactOf(value, privateKey))
        expect(decoded).toEqual(value)
        expect(signed).toEqual(compactPayload(value))
      }),
      { numRuns: 200 },
    )
  })

  it('refuses any flipped bit, or the signature does', () => {
    const refusals = ['malformed', 'bad_signature']
    fc.assert(
      fc.property(reading, fc.nat(), (value, seed) => {
        const cose = compactOf(value, privateKey)
        const flipped = withFlippedBit(cose, seed % (cose.length * 8))
        expect(refusals).toContain(refusal(() => accept(flipped, publicKey)))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses anything cut short or followed by something', () => {
    const [vector] = vectors.compact
    const cose = fromHex(vector?.cose_hex ?? '')
    for (let length = 0; length < cose.length; length += 1) {
      expect(refusal(() => decodeCompact(cose.subarray(0, length)))).toBe('malformed')
    }
    expect(refusal(() => decodeCompact(concat(cose, Uint8Array.of(0))))).toBe('malformed')
  })

  it.each([
    ['keys out of order', /^aa0101020203/, 'aa0202010103'],
    ['a key twice', /^aa01010202/, 'aa01010101'],
    ['an unknown key', /^aa0101/, 'aa1201'],
    ['an integer in two bytes for one', /^aa010102020/, 'aa01011802020'],
    ['an indefinite map', /^aa(.*)$/, 'bf$1ff'],
    ['a float', /1a0003820c/, 'fa0003820c'],
  ])('refuses %s', (_what, found, put) => {
    const [vector] = vectors.compact
    const [cose, payload] = [vector?.cose_hex ?? '', vector?.payload_hex ?? '']
    const changed = payload.replace(found, put)
    expect(changed).not.toBe(payload)
    const inItsString = (hex: string) => `58${(hex.length / 2).toString(16)}${hex}`
    const whole = cose.replace(inItsString(payload), inItsString(changed))
    expect(whole).not.toBe(cose)
    expect(refusal(() => decodeCompact(fromHex(whole)))).toBe('malformed')
  })
})

describe('sequenceItems', () => {
  it('tells readings apart, and any other items that stand between them', () => {
    // RFC 8949 Appendix A: a nested array and map, a tagged string, a simple value, a half float.
    const others = [
      '8301820203820405',
      'a26161016162820203',
      'c074323031332d30332d32315432303a30343a30305a',
      'f5',
      'f93c00',
    ]
    const items = [...vectors.compact.map(({ cose_hex }) => cose_hex), ...others].map(fromHex)
    expect([...sequenceItems(concat(...items, ...items))]).toEqual([...items, ...items])
  })

  it('refuses what is cut short, and lengths that are not said', () => {
    const cose = fromHex(vectors.compact[0]?.cose_hex ?? '')
    for (let length = 1; length < cose.length; length += 1)
      expect(refusal(() => [...sequenceItems(cose.subarray(0, length))])).toBe('malformed')
    for (const hex of ['9fff', '5f4100ff', 'bfff', '9bffffffffffffffff', 'ff'])
      expect(refusal(() => [...sequenceItems(fromHex(hex))])).toBe('malformed')
  })
})
