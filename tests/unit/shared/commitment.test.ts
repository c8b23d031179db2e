import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64url, toBase64url, toHex } from '../../../shared/bytes.ts'
import { commit, verifyCommitment } from '../../../shared/commitment/index.ts'
import vectors from '../../vectors/commitments.json' with { type: 'json' }
import { refusal } from './refusal.ts'

describe('a commitment', () => {
  it.each(vectors)('to "$value" is that of the vector', ({ salt, value, commitment }) => {
    expect(toHex(commit(fromBase64url(salt), value))).toBe(commitment)
    expect(refusal(() => verifyCommitment(commitment, salt, value))).toBeUndefined()
  })

  const salt = fc.uint8Array({ minLength: 16, maxLength: 16 })

  it('is opened by its salt and value alone', () => {
    fc.assert(
      fc.property(salt, salt, fc.string({ unit: 'binary' }), (own, other, value) => {
        const commitment = toHex(commit(own, value))
        const opened = (by: Uint8Array, with_: string) =>
          refusal(() => verifyCommitment(commitment, toBase64url(by), with_))
        expect(opened(own, value)).toBeUndefined()
        expect(opened(own, `${value} `)).toBe('disclosure')
        fc.pre(toHex(own) !== toHex(other))
        expect(opened(other, value)).toBe('disclosure')
      }),
    )
  })

  it.each([0, 15, 17])('takes no salt of %i bytes', (length) => {
    expect(refusal(() => commit(new Uint8Array(length), 'value'))).toBe('malformed')
  })
})
