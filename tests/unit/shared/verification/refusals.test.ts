import { describe, expect, it } from 'vitest'
import { VerificationError, verifyProof } from '../../../../shared/verification/index.ts'
import { batches, events, proofOf, records } from './fixture.ts'
import { chainOf, ipfsOf } from './ledger.ts'

const sources = { chain: chainOf(batches), ipfs: ipfsOf(batches) }
const valid = proofOf(records.reading, events.pumpEnrolled)

/** What a stop at a step means; `undefined` where there was none. */
const meaning = (bundle: unknown, chain = sources.chain) =>
  verifyProof(bundle, { ...sources, chain }).then(
    () => undefined,
    (error: unknown) => (error instanceof VerificationError ? error.refusal : error),
  )

describe('a verification that stops', () => {
  it.each([
    ['a photograph', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)],
    ['some word', 'hello'],
    ['an empty object', '{}'],
    ['a web page', '<!doctype html><title>404</title>'],
    ['a bundle cut short', JSON.stringify(valid).slice(0, -20)],
  ])('at %s has found no proof, not a false one', async (_what, input) => {
    expect(await meaning(input)).toBe('not_a_proof')
  })

  it('at another chain or contract than the verifier trusts has found nothing against the record', async () => {
    const contract = `0x${'1'.repeat(40)}`
    for (const other of [{ chainId: 1 }, { contract }])
      expect(await meaning(valid, chainOf(batches, other))).toBe('elsewhere')
  })

  it('at anything else has disproved it', async () => {
    expect(await meaning(valid)).toBeUndefined()
    expect(await meaning({ ...valid, leaf_hash: '0'.repeat(64) })).toBe('disproved')
    expect(await meaning(valid, chainOf(batches, { event: () => null }))).toBe('disproved')
  })
})
