import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../../shared/bytes.ts'
import { canonicalText, parseExactJson, parseJson } from '../../../shared/json.ts'
import { refusal, withFlippedBit } from './refusal.ts'

const refused = (text: string | Uint8Array) => refusal(() => parseJson(text))
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

describe('parseJson', () => {
  it.each([
    ['a name twice', '{"a":1,"a":1}'],
    ['a name twice, once spelled with an escape', '{"a":1,"\\u0061":2}'],
    ['a name twice in an inner object', '[{"b":{"a":1,"c":[],"a":1}}]'],
    ['a lone surrogate', '"\\ud800"'],
    ['a lone surrogate in a name', '{"\\udc00":1}'],
    ['surrogates in the wrong order', '"\\udc00\\ud800"'],
    ['2^53', '9007199254740992'],
    ['−2^53 among others', '[1,-9007199254740992]'],
    ['a number past every double', '1e400'],
    ['33 levels', nested(33)],
    ['the name JavaScript drops', '{"__proto__":1}'],
    ['the name JavaScript drops, escaped', '{"a":{"\\u005f_proto__":1}}'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['two values', '1 2'],
    ['a trailing comma', '[1,]'],
    ['a comment', '{}//'],
  ])('refuses %s', (_what, text) => {
    expect(refused(text)).toBe('malformed')
    expect(refused(utf8(text))).toBe('malformed')
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(refused(Uint8Array.of(0x22, 0xc3, 0x28, 0x22))).toBe('malformed')
    // CESU-8: a surrogate pair as two sequences of three bytes.
    expect(refused(Uint8Array.of(0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22))).toBe('malformed')
  })

  it('takes the same name in different objects, whole surrogate pairs, ±(2^53−1) and 32 levels', () => {
    expect(parseJson('{"a":{"a":1},"b":[{"a":"a"},{"a":"a"}]}')).toEqual({
      a: { a: 1 },
      b: [{ a: 'a' }, { a: 'a' }],
    })
    expect(parseJson('"\\ud83d\\ude00"')).toBe('😀')
    expect(parseJson('[9007199254740991,-9007199254740991]')).toEqual([
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ])
    expect(parseJson(nested(32))).toHaveLength(1)
  })

  it('is not misled by braces, colons and quotes inside strings', () => {
    const text = '{"a":"{\\"a\\":1,","b\\\\":"\\\\","a\\"":["}",":"]}'
    expect(parseJson(text)).toEqual({ a: '{"a":1,', 'b\\': '\\', 'a"': ['}', ':'] })
  })
})

const wholeString = fc.string({ unit: 'binary' })
const json = fc.object({
  key: wholeString.filter((name) => name !== '__proto__'),
  values: [
    fc.constant(null),
    fc.boolean(),
    wholeString,
    fc.maxSafeInteger(),
    fc.double({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true }),
  ],
  maxDepth: 4,
})

describe('canonicalText', () => {
  it('is stable: parsing and writing again gives the same text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalText(parseJson(JSON.stringify(value, null, 2)))
        expect(canonicalText(parseJson(text))).toBe(text)
      }),
    )
  })

  it('writes the numbers, names and strings of RFC 8785 §3.2', () => {
    const text =
      '{"\\u20ac":"Euro","\\r":1,"1":[333333333.33333329,1E15,4.50,2e-3,0.000000000000000000000000001,-0]}'
    expect(canonicalText(parseJson(text))).toBe(
      '{"\\r":1,"1":[333333333.3333333,1000000000000000,4.5,0.002,1e-27,0],"€":"Euro"}',
    )
  })

  it('refuses what JSON cannot hold', () => {
    for (const value of [undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n]) {
      expect(refusal(() => canonicalText(value))).toBe('malformed')
    }
  })
})

describe('parseExactJson', () => {
  it.each([
    '1.0',
    '-0',
    '1E5',
    '0.10',
    '25.5941000000000000001',
    '"\\u0061"',
    '"\\/"',
    '"\\u001F"',
    '[\t1]',
  ])('refuses the other spelling %s', (text) => {
    expect(refusal(() => parseExactJson(text))).toBe('malformed')
  })

  it('takes what JSON.stringify writes, indented or not', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(canonicalText(parseExactJson(text))).toBe(canonicalText(value))
      }),
    )
  })

  it('never takes two texts one bit apart for the same', () => {
    fc.assert(
      fc.property(json, fc.nat(), (value, seed) => {
        const bytes = utf8(JSON.stringify(value, null, 2))
        const flipped = withFlippedBit(bytes, seed % (bytes.length * 8))
        const outcome = refusal(() => {
          const other = canonicalText(parseExactJson(flipped))
          expect(other).not.toBe(canonicalText(parseExactJson(fromUtf8(bytes))))
        })
        expect([undefined, 'malformed']).toContain(outcome)
      }),
      { numRuns: 1000 },
    )
  })
})
