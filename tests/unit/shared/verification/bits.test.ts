import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromUtf8, utf8 } from '../../../../shared/bytes.ts'
import { STEPS, verifyProof, type Step } from '../../../../shared/verification/index.ts'
import { refusalOf, withFlippedBit } from '../refusal.ts'
import { batches, proved } from './fixture.ts'
import { chainOf, ipfsOf } from './ledger.ts'

const sources = { chain: chainOf(batches), ipfs: ipfsOf(batches) }

/** Codes by which a change inside a value may be refused, by the path of the value; the first that fits counts. */
const EXPECTED: readonly (readonly [RegExp, readonly Step[]])[] = [
  [/^(v|type|batch\.v|batch\.type)$/, ['malformed']],
  [/^(record\.|leaf_hash$)/, ['malformed', 'record_hash']],
  [/^(path\.|index$|batch\.root$|batch\.area_id$)/, ['malformed', 'inclusion']],
  [/^batch\.size$/, ['malformed', 'inclusion', 'anchor']],
  [/^(batch\.number$|cid$|anchor\.)/, ['malformed', 'anchor']],
  [/^batch\.(sealed_at|previous_root)$/, ['malformed', 'batch_file']],
  [/^device\.public_key$/, ['malformed', 'device_signature']],
  [/^device\.enrolment\./, ['malformed', 'enrolment']],
  [/^disclosures\./, ['malformed', 'disclosure']],
]

/** Names of the reader's own choosing: changing one leaves the bundle well formed. */
const FREE_NAMES: readonly (readonly [RegExp, readonly Step[]])[] = [
  [/^disclosures$/, ['malformed', 'disclosure']],
  [/^record\.(public|commitments)$/, ['malformed', 'record_hash']],
]

const codesFor = (rules: typeof EXPECTED, path: string) =>
  rules.find(([pattern]) => pattern.test(path))?.[1]

/** The text of a JSON value with the codes expected for each of its bytes; commas, colons and braces give `malformed`. */
function annotate(
  value: unknown,
  path: string[] = [],
): { text: string; codes: (readonly Step[])[] } {
  const part = (text: string, codes: readonly Step[] = ['malformed']) => ({
    text,
    codes: Array.from(utf8(text), () => codes),
  })
  if (value === null || typeof value !== 'object') {
    const codes = codesFor(EXPECTED, path.join('.'))
    if (!codes) throw new Error(`no codes stated for ${path.join('.')}`)
    return part(JSON.stringify(value), codes)
  }
  const isList = Array.isArray(value)
  const inner = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([name, member], index) => [
      part(index > 0 ? ',' : ''),
      ...(isList
        ? []
        : [part(JSON.stringify(name), codesFor(FREE_NAMES, path.join('.'))), part(':')]),
      annotate(member, [...path, name]),
    ])
  const parts = [part(isList ? '[' : '{'), ...inner, part(isList ? ']' : '}')]
  return {
    text: parts.map(({ text }) => text).join(''),
    codes: parts.flatMap(({ codes }) => codes),
  }
}

describe('any single changed bit of a bundle is refused', () => {
  const annotated = Object.entries(proved).map(([kind, bundle]) => ({ kind, ...annotate(bundle) }))

  async function check(
    text: string,
    codes: readonly (readonly Step[])[],
    bit: number,
  ): Promise<void> {
    const bytes = utf8(text)
    const got = await refusalOf(() => verifyProof(withFlippedBit(bytes, bit), sources))
    const around = fromUtf8(bytes.subarray(Math.max(0, (bit >> 3) - 30), bit >> 3))
    expect(codes[bit >> 3], `bit ${bit & 7} of the byte after ${around}`).toContain(got)
  }

  it('with the code of the step it belongs to: every bit of a reading with a disclosure', async () => {
    const whole = annotated.find(({ kind }) => kind === 'reading')
    if (!whole) throw new Error('expected the bundle of a reading')
    for (let bit = 0; bit < utf8(whole.text).length * 8; bit += 1)
      await check(whole.text, whole.codes, bit)
  }, 120_000)

  it('with the code of the step it belongs to: bits of every kind of bundle', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...annotated), fc.nat(), async ({ text, codes }, seed) => {
        await check(text, codes, seed % (utf8(text).length * 8))
      }),
      { seed: 20261121, numRuns: 1500 },
    )
  }, 30_000)

  it('with a code of the closed union, however the bundle is indented', async () => {
    const indent = fc.constantFrom(1, 2, 4)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(proved)),
        indent,
        fc.nat(),
        async (bundle, spaces, seed) => {
          const bytes = utf8(JSON.stringify(bundle, null, spaces))
          const flipped = withFlippedBit(bytes, seed % (bytes.length * 8))
          expect(STEPS).toContain(await refusalOf(() => verifyProof(flipped, sources)))
        },
      ),
      { seed: 20261121, numRuns: 1500 },
    )
  }, 30_000)
})
