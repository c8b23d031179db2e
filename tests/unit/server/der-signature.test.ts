import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import { derOfRaw, rawOfDer } from '../../../server/adapters/der-signature.ts'
import { toHex } from '../../../shared/bytes.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rawKey = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
/** One signature in 128 has a scalar that begins with a zero byte. */
const SIGNATURES = 600

it('signatures of OpenSSL are the same in raw form, and hold in both', () => {
  for (let n = 0; n < SIGNATURES; n += 1) {
    const message = Buffer.from(`message ${n}`)
    const der = sign('sha256', message, privateKey)
    const raw = rawOfDer(der)
    expect(toHex(derOfRaw(raw))).toBe(toHex(der))
    if (n % 60 === 0) {
      expect(verify('sha256', message, rawKey, raw)).toBe(true)
      expect(verify('sha256', message, publicKey, derOfRaw(raw))).toBe(true)
    }
  }
})

it('a scalar is written as briefly as its sign allows', () => {
  const raw = new Uint8Array(64)
  expect(toHex(derOfRaw(raw))).toBe('3006020100020100')
  raw.set([0x7f], 31)
  raw.set([0x80], 63)
  expect(toHex(derOfRaw(raw))).toBe('300702017f02020080')
  expect(toHex(rawOfDer(derOfRaw(raw)))).toBe(toHex(raw))
  raw.fill(0xff)
  expect(toHex(derOfRaw(raw))).toBe(`3046022100${'ff'.repeat(32)}022100${'ff'.repeat(32)}`)
  expect(toHex(rawOfDer(derOfRaw(raw)))).toBe(toHex(raw))
})
