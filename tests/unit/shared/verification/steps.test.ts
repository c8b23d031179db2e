import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../../../shared/bytes.ts'
import { canonicalText } from '../../../../shared/json.ts'
import { proofFileName, type ProofBundle } from '../../../../shared/proof/index.ts'
import { recordLeafHash, type LedgerRecord } from '../../../../shared/record/index.ts'
import {
  isFullyProved,
  STEPS,
  verifyProof,
  type ChainAnchor,
  type Evidence,
} from '../../../../shared/verification/index.ts'
import { refusalOf } from '../refusal.ts'
import { COMMITMENT, compactReadingOf, keyOf, SALT } from './devices.ts'
import {
  batches,
  deviceBy,
  events,
  laneNewKey,
  newKey,
  oldKey,
  proofOf,
  proved,
  records,
} from './fixture.ts'
import { bundleOf, chainOf, cidOf, ipfsOf, sealArea } from './ledger.ts'

const sources = { chain: chainOf(batches), ipfs: ipfsOf(batches) }
const valid = proofOf(records.reading, events.pumpEnrolled)

const code = (bundle: unknown, from: Parameters<typeof verifyProof>[1] = sources) =>
  refusalOf(() => verifyProof(bundle, from))

/** The bundle after its record was changed and its hash made to fit: what a forger would hand in. */
const withRecord = (bundle: ProofBundle, record: LedgerRecord): ProofBundle => ({
  ...bundle,
  record,
  leaf_hash: toHex(recordLeafHash(record)),
})

describe('a true bundle', () => {
  it.each(Object.entries(proved))('is proved in every step: %s', async (_kind, bundle) => {
    const evidence = await verifyProof(JSON.stringify(bundle), sources)
    expect(evidence.map(({ step }) => step)).toEqual(STEPS)
    expect(isFullyProved(evidence)).toBe(true)
    expect(evidence.filter(({ status }) => status === 'proved').length).toBeGreaterThanOrEqual(5)
  })

  it('is proved alike as text, as indented text, as bytes and as a value', async () => {
    const [first, ...others] = await Promise.all(
      [
        JSON.stringify(valid),
        JSON.stringify(valid, null, 2),
        utf8(canonicalText(valid)),
        valid,
      ].map((input) => verifyProof(input, sources)),
    )
    for (const evidence of others) expect(evidence).toEqual(first)
  })

  it('tells each step as it is proved, in order', async () => {
    const told: Evidence[] = []
    const evidence = await verifyProof(valid, sources, (found) => told.push(found))
    expect(told).toEqual(evidence)
  })

  it('tells of the steps before the one that fails, and of no later one', async () => {
    const told: string[] = []
    const bundle = { ...valid, index: valid.index + 1 }
    expect(await refusalOf(() => verifyProof(bundle, sources, ({ step }) => told.push(step)))).toBe(
      'inclusion',
    )
    expect(told).toEqual(['malformed', 'record_hash', 'device_signature'])
  })

  it('says what does not apply to a record no device signed', async () => {
    const evidence = await verifyProof(proved.complaint, sources)
    const skipped = evidence
      .filter(({ status }) => status === 'not_applicable')
      .map(({ step }) => step)
    expect(skipped).toEqual(['device_signature', 'enrolment'])
  })

  it('has a file name of the first twelve digits', () => {
    expect(proofFileName(valid.leaf_hash)).toBe(`${valid.leaf_hash.slice(0, 12)}.gwproof.json`)
  })
})

describe('malformed', () => {
  it.each([
    ['no JSON', '{'],
    ['nothing', undefined],
    ['an unknown member', { ...valid, note: 'x' }],
    ['another version', { ...valid, v: 2 }],
    ['no record', { ...valid, record: undefined }],
    [
      'a path longer than any tree has',
      { ...valid, path: Array.from({ length: 19 }, () => valid.leaf_hash) },
    ],
    [
      'an address in mixed case',
      { ...valid, anchor: { ...valid.anchor, contract: chainOf(batches).contract } },
    ],
    ['a device beside a record no device signed', { ...proved.complaint, device: valid.device }],
    [
      'a number spelled otherwise',
      JSON.stringify(valid).replace('"index":0', '"index":0.0').replace('"v":1', '"v":1.0'),
    ],
    ['a name twice', JSON.stringify(valid).replace('{', '{"v":1,')],
  ])('is %s', async (_what, bundle) => {
    expect(await code(bundle)).toBe('malformed')
  })
})

describe('record_hash', () => {
  it('is a changed record', async () => {
    expect(await code({ ...valid, record: records.first })).toBe('record_hash')
  })
})

describe('device_signature', () => {
  it('is a reading changed after signing, its hash made to fit', async () => {
    const { record } = valid
    if (record.type !== 'reading' || 'cose' in record)
      throw new Error('expected a reading in JSON form')
    const forged = { ...record, reading: { ...record.reading, power_status: 'ON' as const } }
    expect(await code(withRecord(valid, forged))).toBe('device_signature')
  })

  it('is a compact reading whose members are not those of its bytes', async () => {
    const bundle = proofOf(records.compact, events.laneEnrolled)
    const { record } = bundle
    if (record.type !== 'reading' || !('cose' in record))
      throw new Error('expected a compact reading')
    const forged = { ...record, reading: { ...record.reading, seq: 7 } }
    expect(await code(withRecord(bundle, forged))).toBe('device_signature')
    expect(await code(withRecord(bundle, { ...record, cose: record.cose.slice(0, -4) }))).toBe(
      'device_signature',
    )
    const stranger = compactReadingOf('lane', keyOf('stranger'), 1, '06:19:00')
    expect(await code(withRecord(bundle, stranger))).toBe('device_signature')
  })

  it('is another key, or none', async () => {
    expect(await code({ ...valid, device: deviceBy(events.laneEnrolled) })).toBe('device_signature')
    expect(await code({ ...valid, device: undefined })).toBe('device_signature')
  })
})

describe('inclusion', () => {
  it.each([
    ['another index', { index: (valid.index + 1) % valid.batch.size }],
    ['an index past the end', { index: valid.batch.size }],
    ['a missing hash', { path: valid.path.slice(1) }],
    ['an extra hash', { path: [...valid.path, valid.leaf_hash] }],
    ['another root', { batch: { ...valid.batch, root: valid.leaf_hash } }],
    ['a batch of another area', { batch: { ...valid.batch, area_id: 'in-br-gaya' } }],
  ])('is %s', async (_what, change) => {
    expect(await code({ ...valid, ...change })).toBe('inclusion')
  })
})

describe('anchor', () => {
  const { anchor } = valid
  const other = batches[0]
  if (!other) throw new Error('expected a first batch')

  it.each([
    ['another chain', { anchor: { ...anchor, chain_id: 1 } }],
    ['another contract', { anchor: { ...anchor, contract: `0x${'1'.repeat(40)}` } }],
    ['another transaction', { anchor: { ...anchor, transaction: anchor.block_hash } }],
    ['another block number', { anchor: { ...anchor, block_number: anchor.block_number + 1 } }],
    ['a block the chain does not know', { anchor: { ...anchor, block_hash: anchor.transaction } }],
    ['the block of another batch', { anchor: { ...anchor, block_hash: other.anchor.block_hash } }],
    ['another time', { anchor: { ...anchor, anchored_at: '2026-11-21T06:30:12.001Z' } }],
    ['another CID', { cid: other.cid.toString() }],
    [
      'a CID with stray bits at its end',
      { cid: `${valid.cid.slice(0, -1)}${valid.cid.endsWith('b') ? 'c' : 'b'}` },
    ],
    ['a batch the contract does not hold', { batch: { ...valid.batch, number: 9 } }],
    ['the number of another batch', { batch: { ...valid.batch, number: 1 } }],
  ])('is a bundle with %s', async (_what, change) => {
    expect(await code({ ...valid, ...change })).toBe('anchor')
  })

  const otherRoot = new Uint8Array(32)
  const held: [string, (held: ChainAnchor) => ChainAnchor | null][] = [
    ['nothing', () => null],
    ['another root', (found) => ({ ...found, root: otherRoot })],
    ['another size', (found) => ({ ...found, size: found.size + 1 })],
    ['another CID', (found) => ({ ...found, cid: other.cid.bytes })],
    ['another time', (found) => ({ ...found, anchoredAtSeconds: found.anchoredAtSeconds + 1 })],
  ]
  it.each(held)('is a contract that holds %s', async (_what, change) => {
    expect(await code(valid, { ...sources, chain: chainOf(batches, { anchor: change }) })).toBe(
      'anchor',
    )
  })

  it('is a chain or contract of the verifier other than those of the bundle', async () => {
    expect(await code(valid, { ...sources, chain: chainOf(batches, { chainId: 1 }) })).toBe(
      'anchor',
    )
    const contract = `0x${'1'.repeat(40)}`
    expect(await code(valid, { ...sources, chain: chainOf(batches, { contract }) })).toBe('anchor')
  })

  it('is an event that says otherwise, or none', async () => {
    expect(await code(valid, { chain: chainOf(batches, { event: () => null }) })).toBe('anchor')
    const event = chainOf(batches, { event: (found) => ({ ...found, root: otherRoot }) })
    expect(await code(valid, { chain: event })).toBe('anchor')
  })

  it('is not judged by a node that has not come to the block yet', async () => {
    const behind = chainOf(batches, {
      head: anchor.block_number - 1,
      anchor: () => null,
      event: () => null,
    })
    const evidence = await verifyProof(valid, { chain: behind })
    expect(evidence.find(({ step }) => step === 'anchor')).toMatchObject({
      status: 'not_checked',
      facts: { reason: expect.stringMatching(/stands at block 101, before block 102/) },
    })
  })

  it('does not mind how the verifier writes the address', async () => {
    const chain = chainOf(batches, { contract: valid.anchor.contract })
    expect(isFullyProved(await verifyProof(valid, { ...sources, chain }))).toBe(true)
  })
})

describe('enrolment', () => {
  const { pumpEnrolled, pumpRotated } = events
  const { laneEnrolled, laneSuspended, laneRotatedWhileSuspended, laneResumed, laneRevoked } =
    events

  it.each([
    ['read before the key was changed', proofOf(records.beforeRotation, pumpEnrolled)],
    [
      'signed with the new key, named by the first enrolment',
      proofOf(records.afterRotation, pumpEnrolled, newKey.publicKey),
    ],
    [
      'of a device suspended, then resumed',
      proofOf(records.afterResumed, laneEnrolled, laneNewKey.publicKey),
    ],
    ['of a device resumed, named by the resumption', proofOf(records.afterResumed, laneResumed)],
    [
      'received before the device was revoked',
      proofOf(records.beforeRevoked, laneEnrolled, laneNewKey.publicKey),
    ],
  ])('holds for a reading %s', async (_what, bundle) => {
    expect(isFullyProved(await verifyProof(bundle, sources))).toBe(true)
  })

  const stranger = { ...deviceBy(laneEnrolled), public_key: keyOf('stranger').publicKey }
  it.each([
    ['a device never enrolled', { ...proofOf(records.neverEnrolled), device: stranger }],
    ['a device enrolled in another area', proofOf(records.enrolledElsewhere, events.strayEnrolled)],
    ['the old key after the change', proofOf(records.oldKeyAfterRotation, pumpEnrolled)],
    [
      'a suspended device, though it got a new key since',
      proofOf(records.whileSuspended, laneEnrolled, laneNewKey.publicKey),
    ],
    ['a revoked device', proofOf(records.afterRevoked, laneEnrolled, laneNewKey.publicKey)],
    [
      'a revoked device, named by an earlier resumption',
      proofOf(records.afterRevoked, laneResumed),
    ],
    [
      'a suspension as the enrolment',
      proofOf(records.afterResumed, laneSuspended, laneNewKey.publicKey),
    ],
    ['a revocation as the enrolment', proofOf(records.beforeRevoked, laneRevoked)],
    [
      'a new key as the enrolment, which leaves open whether the device was suspended',
      proofOf(records.afterRotation, pumpRotated),
    ],
    [
      'a suspended device, named by the new key it got since',
      proofOf(records.whileSuspended, laneRotatedWhileSuspended),
    ],
    [
      'the enrolment of another device in the same batch',
      { ...valid, device: { ...deviceBy(laneEnrolled), public_key: oldKey.publicKey } },
    ],
    [
      'a reading named as the enrolment',
      {
        ...valid,
        device: {
          ...deviceBy(pumpEnrolled),
          enrolment: { leaf_hash: valid.leaf_hash, area_id: 'in-br-patna', number: 2 },
        },
      },
    ],
    [
      'an enrolment after the reading',
      { ...valid, device: { ...deviceBy(pumpRotated), public_key: oldKey.publicKey } },
    ],
  ])('is refused for %s', async (_what, bundle) => {
    expect(await code(bundle)).toBe('enrolment')
  })
})

describe('batch_file', () => {
  const damaged = (number: number, change: (bytes: Uint8Array) => Uint8Array) => ({
    ...sources,
    ipfs: ipfsOf(batches, (bytes, { header }) =>
      header.number === number ? change(bytes) : bytes,
    ),
  })
  const text = (change: (lines: string[]) => string[]) => (bytes: Uint8Array) => {
    const lines = change(new TextDecoder().decode(bytes).trimEnd().split('\n'))
    return utf8(lines.map((line) => `${line}\n`).join(''))
  }

  it.each([
    [
      'a tampered record',
      text((lines) => lines.with(1, (lines[1] ?? '').replace('"OFF"', '"ON"'))),
    ],
    ['a missing line', text((lines) => lines.toSpliced(2, 1))],
    [
      'another order',
      text(([header = '', first = '', second = '', ...rest]) => [header, second, first, ...rest]),
    ],
    ['a file cut short', (bytes: Uint8Array) => bytes.subarray(0, -40)],
    ['the file of another batch', () => batches[0]?.bytes ?? new Uint8Array()],
    [
      'another previous root',
      text(([header = '', ...rest]) => [header.replace(/("previous_root":")./, '$1z'), ...rest]),
    ],
    [
      'another time of sealing',
      text(([header = '', ...rest]) => [header.replace('06:30:00.000Z', '06:30:01.000Z'), ...rest]),
    ],
  ])('is %s', async (_what, change) => {
    expect(await code(valid, damaged(2, change))).toBe('batch_file')
  })

  it('is a damaged file anywhere between the enrolment and the record', async () => {
    const bundle = proofOf(records.afterResumed, events.laneEnrolled, laneNewKey.publicKey)
    expect(
      await code(
        bundle,
        damaged(3, (bytes) => bytes.subarray(1)),
      ),
    ).toBe('batch_file')
  })

  it.each(['sealed_at', 'previous_root'] as const)(
    'is a bundle whose header has another %s',
    async (name) => {
      const value = name === 'sealed_at' ? '2026-11-21T06:30:00.001Z' : valid.leaf_hash
      expect(await code({ ...valid, batch: { ...valid.batch, [name]: value } })).toBe('batch_file')
    },
  )

  it.each([1, 2])(
    'is a file of the anchored root that numbers itself otherwise: batch %i',
    async (number) => {
      const renumber = text(([header = '', ...lines]) => [
        header.replace(/"number":\d/, '"number":3'),
        ...lines,
      ])
      const misnumbered = batches.map((batch) => {
        if (batch.header.number !== number) return batch
        const bytes = renumber(batch.bytes)
        return { ...batch, bytes, cid: cidOf(bytes) }
      })
      const bundle = {
        ...bundleOf(misnumbered, records.reading),
        device: deviceBy(events.pumpEnrolled),
      }
      const from = { chain: chainOf(misnumbered), ipfs: ipfsOf(misnumbered) }
      expect(await code(bundle, from)).toBe('batch_file')
    },
  )

  it.each([1, 2])(
    'is a file that names another predecessor than the chain holds, and a bundle that agrees: batch %i',
    async (number) => {
      const previous_root = '5a'.repeat(32)
      const astray = batches.map((batch) => {
        if (batch.header.number !== number) return batch
        const header = { ...batch.header, previous_root }
        const bytes = text(([, ...lines]) => [canonicalText(header), ...lines])(batch.bytes)
        return { ...batch, header, bytes, cid: cidOf(bytes) }
      })
      const bundle = {
        ...bundleOf(astray, records.reading),
        device: deviceBy(events.pumpEnrolled),
      }
      const from = { chain: chainOf(astray), ipfs: ipfsOf(astray) }
      expect(await code(bundle, from)).toBe('batch_file')
    },
  )
})

describe('disclosure', () => {
  const disclosing = (name: string, salt: string, value: string) =>
    code({ ...valid, disclosures: { [name]: { salt, value } } })

  it('is another value, another salt, or a name the record does not commit to', async () => {
    expect(await disclosing('location', SALT, '25.59410,85.13761')).toBe('disclosure')
    expect(await disclosing('location', SALT.replace('A', 'B'), '25.59410,85.13760')).toBe(
      'disclosure',
    )
    expect(await disclosing('text', SALT, COMMITMENT)).toBe('disclosure')
    expect(await disclosing('constructor', SALT, COMMITMENT)).toBe('disclosure')
  })

  it('does not apply where nothing is disclosed', async () => {
    const evidence = await verifyProof(valid, sources)
    expect(evidence.at(-1)).toMatchObject({ step: 'disclosure', status: 'not_applicable' })
  })
})

describe('sources', () => {
  const notChecked = async (from: Parameters<typeof verifyProof>[1]) => {
    const evidence = await verifyProof(valid, from)
    expect(isFullyProved(evidence)).toBe(false)
    const left = evidence.filter(({ status }) => status === 'not_checked')
    return Object.fromEntries(left.map(({ step, facts }) => [step, facts.reason]))
  }
  const needsBoth = 'an Ethereum node and an IPFS gateway are both needed'

  it('missing: the steps that need them are not checked, and say so', async () => {
    const noNode = {
      anchor: 'no Ethereum node was given',
      enrolment: needsBoth,
      batch_file: needsBoth,
    }
    expect(await notChecked({})).toEqual(noNode)
    expect(await notChecked({ ipfs: sources.ipfs })).toEqual(noNode)
    expect(await notChecked({ chain: sources.chain })).toEqual({
      enrolment: needsBoth,
      batch_file: needsBoth,
    })
  })

  it('unreachable: not checked, with the reason', async () => {
    const [, second] = batches
    const none = ipfsOf([])
    const reason = /^no file bafk/
    const left = await notChecked({ chain: sources.chain, ipfs: none })
    expect(left.enrolment).toMatch(reason)
    expect(left.batch_file).toBe(`no file ${second?.cid.toString()}`)
  })

  it('a contract that answers rubbish in place of a CID: not checked', async () => {
    const firstOnly = batches[0]?.anchor.anchored_at
    const rubbish = chainOf(batches, {
      anchor: (held) =>
        held.anchoredAtSeconds * 1000 === Date.parse(firstOnly ?? '')
          ? { ...held, cid: Uint8Array.of(1, 2) }
          : held,
    })
    expect(await notChecked({ chain: rubbish, ipfs: sources.ipfs })).toEqual({
      enrolment: 'the contract answered no CID: 0102',
    })
  })

  it('missing: what needs none is still refused', async () => {
    expect(await code({ ...valid, index: 9 }, {})).toBe('inclusion')
    expect(
      await code({ ...valid, disclosures: { location: { salt: SALT, value: 'elsewhere' } } }, {}),
    ).toBe('disclosure')
  })

  it('with a defect: its error comes through and is not taken for a verdict', async () => {
    const defect = new TypeError('defect')
    const chain = { ...sources.chain, head: () => Promise.reject(defect) }
    expect(await code(valid, { chain })).toBe(defect)
  })
})

it('a bundle sealed by a stranger under the same names does not pass for anchored', async () => {
  const forged = await sealArea('in-br-patna', [[events.pumpEnrolled], [records.reading]])
  const bundle = { ...bundleOf(forged, records.reading), device: deviceBy(events.pumpEnrolled) }
  expect(await code(bundle)).toBe('anchor')
})
