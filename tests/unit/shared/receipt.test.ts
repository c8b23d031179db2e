import { p256 } from '@noble/curves/nist.js'
import { describe, expect, it } from 'vitest'
import { sha256, toBase64url, toHex, utf8 } from '../../../shared/bytes.ts'
import { canonicalText, parseJson } from '../../../shared/json.ts'
import { receiptSignedBytes, verifyReceipt, type Receipt } from '../../../shared/receipt/index.ts'
import { refusal, withFlippedBit } from './refusal.ts'

const privateKey = sha256(utf8('log key'))
const promise: Omit<Receipt, 'signature'> = {
  v: 1,
  type: 'receipt',
  area_id: 'in-br-patna',
  leaf_hash: toHex(sha256(utf8('leaf'))),
  log_key: toHex(p256.getPublicKey(privateKey, false)),
  received_at: '2026-11-21T05:30:02.123Z',
  promise_by: '2026-11-21T06:15:02.123Z',
}

const signed = (unsigned: Omit<Receipt, 'signature'>): Receipt => {
  const signature = p256.sign(receiptSignedBytes(unsigned), privateKey, {
    lowS: false,
    prehash: true,
  })
  return { ...unsigned, signature: toBase64url(signature) }
}

describe('verifyReceipt', () => {
  it('gives back a receipt its log key signed', () => {
    expect(verifyReceipt(signed(promise))).toEqual(signed(promise))
  })

  it('signs the canonical members without the signature', () => {
    expect(receiptSignedBytes(signed(promise))).toEqual(utf8(canonicalText(promise)))
  })

  it('refuses any flipped bit of its text', () => {
    const text = utf8(canonicalText(signed(promise)))
    const refusals = ['malformed', 'bad_signature']
    for (let bit = 0; bit < text.length * 8; bit += 1) {
      const code = refusal(() => verifyReceipt(parseJson(withFlippedBit(text, bit))))
      expect(refusals, `bit ${bit}`).toContain(code)
    }
  })

  it.each([
    ['a promise after 45 minutes and a millisecond', { promise_by: '2026-11-21T06:15:02.124Z' }],
    ['a promise before the record came', { promise_by: '2026-11-21T05:30:02.122Z' }],
    ['another type', { type: 'promise' }],
    ['an unknown member', { note: 'x' }],
  ])('refuses %s, though signed', (_what, change) => {
    expect(refusal(() => verifyReceipt(signed({ ...promise, ...change } as Receipt)))).toBe(
      'malformed',
    )
  })
})
