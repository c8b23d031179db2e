import { describe, expect, it } from 'vitest'
import { publicKeyFromHex, signatureFromBase64url, toHex, utf8 } from '../../../shared/bytes.ts'
import { MalformedError } from '../../../shared/parse.ts'
import {
  chainStatus,
  parseReading,
  signedBytes,
  signedDigest,
} from '../../../shared/reading/index.ts'
import { verifyP256 } from '../../../shared/signature/index.ts'
import vectors from '../../vectors/readings.json' with { type: 'json' }
import { refusal } from './refusal.ts'

const keys = new Map(vectors.devices.map((device) => [device.device_id, device.public_key]))

/** Parses and checks the signature, as the first door does. */
function accept(value: { device_id: string }): void {
  const reading = parseReading(value)
  verifyP256({
    publicKey: publicKeyFromHex(keys.get(reading.device_id) ?? ''),
    message: signedBytes(reading),
    signature: signatureFromBase64url(reading.device_signature),
  })
}

/** Words of the vectors, in the codes of the two calls. */
const CODES: Record<string, string> = { malformed: 'malformed', device_signature: 'bad_signature' }

describe('the reading vectors', () => {
  it.each(vectors.valid)(
    'hold: $reading.device_id seq $reading.seq',
    ({ reading, canonical, digest }) => {
      const signed = signedBytes(parseReading(reading))
      expect(signed).toEqual(utf8(canonical))
      expect(toHex(signedDigest(signed))).toBe(digest)
      expect(refusal(() => accept(reading))).toBeUndefined()
    },
  )

  it.each(vectors.also_valid)('hold: $name', ({ reading }) => {
    expect(refusal(() => accept(reading))).toBeUndefined()
  })

  it.each(vectors.invalid)('are refused as $expect: $name', ({ reading, expect: expected }) => {
    expect(refusal(() => accept(reading))).toBe(CODES[expected])
    const parsed = refusal(() => parseReading(reading))
    expect(parsed).toBe(expected === 'malformed' ? 'malformed' : undefined)
  })
})

describe('parseReading', () => {
  const reading = vectors.valid[0]?.reading
  const outcome = (change: Record<string, unknown>) =>
    refusal(() => parseReading({ ...reading, ...change }))

  it.each([
    ['a missing device', { device_id: undefined }],
    ['another version', { v: 2 }],
    ['seq 0', { seq: 0 }],
    ['a fractional seq', { seq: 1.5 }],
    ['seq 2^53', { seq: 2 ** 53 }],
    ['a number as text', { seq: '1' }],
    ['milliseconds', { timestamp: '2026-11-21T05:30:00.000Z' }],
    ['another zone', { timestamp: '2026-11-21T05:30:00+05:30' }],
    ['a leap second', { timestamp: '2016-12-31T23:59:60Z' }],
    ['lower-case status', { power_status: 'on' }],
    ['an unknown reason', { reason: 'tamper' }],
    ['a latitude past the pole', { latitude: 90.000001 }],
    ['a longitude past the date line', { longitude: -180.5 }],
    ['half a place', { longitude: undefined }],
    ['no place', { latitude: undefined, longitude: undefined }],
    ['off_since outside boot', { reason: 'change', off_since: '2026-11-21T05:00:00Z' }],
    ['negative energy', { energy_import_wh: -1 }],
    ['17 characters of firmware', { firmware: '12345678901234567' }],
    ['previous in upper case', { previous: 'A'.repeat(64) }],
  ])('refuses %s', (_what, change) => {
    expect(outcome(change)).toBe('malformed')
  })

  it('takes negative power, the poles and the date line', () => {
    expect(outcome({ power_w: -1, latitude: -90, longitude: 180 })).toBeUndefined()
  })

  it('says which member, what was expected and what came', () => {
    const parse = () => parseReading({ ...reading, seq: 0, note: 'x' })
    expect(parse).toThrow(MalformedError)
    expect(parse).toThrow(
      'reading: seq: expected an integer ≥ 1, got 0; note: expected a known member, got "note"',
    )
  })

  it.each([null, undefined, 7, 'reading', []])('refuses %j', (value) => {
    expect(refusal(() => parseReading(value))).toBe('malformed')
  })
})

describe('chainStatus', () => {
  it.each([
    ['ok', 'its first reading', undefined, null],
    ['ok', 'the predecessor we hold', 'aa', 'aa'],
    ['gap', 'another predecessor', 'bb', 'aa'],
    ['gap', 'none, though we hold one', undefined, 'aa'],
    ['unknown', 'one we do not hold', 'aa', null],
  ] as const)('is %s when a reading names %s', (status, _what, previous, held) => {
    expect(chainStatus(previous, held)).toBe(status)
  })
})
