import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FailureDetail } from '../../../shared/api/ledger.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import type { Acceptance } from '../../../shared/api/readings.ts'
import type { ProofBundle } from '../../../shared/proof/index.ts'
import {
  ipfsGateway,
  rpcChain,
  VerificationError,
  verifyProof,
  type Step,
} from '../../../shared/verification/index.ts'
import { TestDevice } from '../../device.ts'
import {
  allBatches,
  asAdmin,
  enrol,
  eventually,
  get,
  postReadings,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'

let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>

/** Bundles anchored before any test alters something, by the area made for it. */
const bundles = new Map<string, ProofBundle | null>(
  [
    'altered-after',
    'altered-enrolment',
    'leaves-exchanged',
    'leaves-cut-short',
    'leaves-emptied',
    'altered-file',
    'altered-bundle',
  ].map((area) => [area, null]),
)

function bundleOf(area: string): ProofBundle {
  const bundle = bundles.get(area)
  if (!bundle) throw new Error(`expected a bundle of ${area}`)
  return bundle
}

beforeAll(async () => {
  test = await startTestPortal()
  stored = await openModels(test.stack)
  await Promise.all(
    [...bundles.keys()].map(async (area) => bundles.set(area, await anchoredReading(area))),
  )
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

async function accept(readings: unknown[]): Promise<string[]> {
  const { status, body } = await postReadings(test.url, readings)
  if (status !== 201) throw new Error(`expected 201, got ${status} ${JSON.stringify(body)}`)
  return body.map((answer: Acceptance) => ('leaf_hash' in answer ? answer.leaf_hash : ''))
}

const proofOf = (leafHash: string): Promise<ProofBundle> =>
  eventually('a proof', async () => {
    const answer = await get<ProofBundle>(test.url, `/api/v1/records/${leafHash}/proof`)
    return answer.status === 200 && answer.body
  })

/** An area of its own with one device, and that device's first reading, anchored. */
async function anchoredReading(area: string): Promise<ProofBundle> {
  const device = new TestDevice(area)
  await enrol(test.url, area, [device])
  const [leafHash = ''] = await accept([device.read({ power_status: 'OFF', reason: 'last_gasp' })])
  return proofOf(leafHash)
}

const verify = (bundle: unknown) =>
  verifyProof(bundle, {
    chain: rpcChain({ rpcUrl: test.stack.rpcUrl, contract: test.stack.contract }),
    ipfs: ipfsGateway({ gatewayUrl: test.url }),
  })

/** The step that disproves a bundle. */
async function disproves(bundle: unknown): Promise<Step> {
  const error = await verify(bundle).then(
    () => new Error('expected a disproof, the bundle was proved'),
    (thrown: unknown) => thrown,
  )
  if (error instanceof VerificationError) return error.code
  throw error
}

const problemOf = async (leafHash: string, path = '/proof') => {
  const { status, body } = await get<Problem>(test.url, `/api/v1/records/${leafHash}${path}`)
  return [status, body.code]
}

/** Writes OFF as ON where it stands in a stored body. */
async function alterBody(leafHash: string): Promise<string> {
  const row = await stored.models.records.findById(leafHash).lean()
  if (row?.body === undefined) throw new Error(`expected record ${leafHash}`)
  const altered = row.body.replace('"OFF"', '"ON"')
  expect(altered).not.toBe(row.body)
  await stored.models.records.updateOne({ _id: leafHash }, { $set: { body: altered } })
  return row.body
}

describe('a record altered in the database', () => {
  it('before it is sealed stops its area loudly; others go on, and so does it once mended', async () => {
    const area = 'altered-before'
    const device = new TestDevice(area)
    await enrol(test.url, area, [device])
    await eventually('the enrolment sealed', async () =>
      (await allBatches(test.url)).some(({ area_id }) => area_id === area),
    )
    const [leafHash = ''] = await accept([
      device.read({ power_status: 'OFF', reason: 'last_gasp' }),
    ])
    const body = await alterBody(leafHash)
    const failure = await eventually('a failure of this area', async () => {
      const answer = await fetch(`${test.url}/api/v1/admin/failures`, { headers: asAdmin })
      const { items }: { items: { subject: string; failure: FailureDetail }[] } =
        await answer.json()
      return items.find(({ subject }) => subject === `seal:${area}`)?.failure
    })
    expect(failure).toMatchObject({ step: 'seal', code: 'record_damaged' })
    expect(failure.message).toContain(leafHash)

    const other = await anchoredReading('not-altered')
    expect(other.batch.number).toBeGreaterThanOrEqual(1)
    expect(await problemOf(leafHash)).toEqual([409, 'record_damaged'])
    expect((await allBatches(test.url)).filter(({ area_id }) => area_id === area)).toHaveLength(1)

    await stored.models.records.updateOne({ _id: leafHash }, { $set: { body } })
    await proofOf(leafHash)
  })

  it('after it is anchored has no proof any more, and is not shown as if it were whole', async () => {
    const bundle = bundleOf('altered-after')
    await alterBody(bundle.leaf_hash)
    expect(await problemOf(bundle.leaf_hash)).toEqual([409, 'record_damaged'])
    expect(await problemOf(bundle.leaf_hash, '')).toEqual([409, 'record_damaged'])
    for (const path of [
      '/api/v1/readings?area_id=altered-after',
      `/api/v1/batches/altered-after/${bundle.batch.number}/records`,
    ]) {
      const { status, body } = await get<Problem>(test.url, path)
      expect([status, body.code]).toEqual([409, 'record_damaged'])
    }
    // Who has the bundle of before needs nothing of the portal's database.
    expect((await verify(bundle)).every(({ status }) => status !== 'not_checked')).toBe(true)
  })

  it('that is an enrolment leaves no false history of the device', async () => {
    const bundle = bundleOf('altered-enrolment')
    const { leaf_hash } = bundle.device?.enrolment ?? {}
    await stored.models.records.updateOne({ _id: leaf_hash }, { $set: { body: '{}' } })
    expect(await problemOf(bundle.leaf_hash)).toEqual([409, 'record_damaged'])
    const id = bundle.record.type === 'reading' ? bundle.record.reading.device_id : ''
    const { status, body } = await get<Problem>(test.url, `/api/v1/devices/${id}`)
    expect([status, body.code]).toEqual([409, 'record_damaged'])
  })
})

describe('a list of leaves altered in the database', () => {
  it.each([
    ['exchanged', (leaves: Buffer) => leaves.fill(7, 0, 32)],
    ['cut-short', (leaves: Buffer) => leaves.subarray(0, 16)],
    ['emptied', (leaves: Buffer) => leaves.subarray(0, 0)],
  ])('with a hash %s gives no proof', async (name, alter) => {
    const { batch, leaf_hash } = bundleOf(`leaves-${name}`)
    const row = await stored.models.leafLists.findById(batch.root)
    if (!row) throw new Error(`expected leaf list ${batch.root}`)
    await stored.models.leafLists.updateOne(
      { _id: batch.root },
      { $set: { leaves: alter(Buffer.from(row.leaves)) } },
    )
    expect(await problemOf(leaf_hash)).toEqual([409, 'record_damaged'])
  })
})

describe('a batch file altered in the IPFS store', () => {
  it('is found by whoever reads it', async () => {
    const bundle = bundleOf('altered-file')
    const file = await blockFile(join(test.dir, 'ipfs'), bundle.leaf_hash, bundle)
    const bytes = await readFile(file, 'latin1')
    await writeFile(file, bytes.replace('"OFF"', '"ONN"'), 'latin1')
    expect(await disproves(bundle)).toBe('batch_file')
    await writeFile(file, bytes, 'latin1')
    expect((await verify(bundle)).every(({ status }) => status !== 'not_checked')).toBe(true)
  })
})

/** The file under `folder` that holds the block with this record, as canonical JSON. */
async function blockFile(folder: string, leafHash: string, bundle: ProofBundle): Promise<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    if ((await readFile(path, 'latin1')).includes(`"root":"${bundle.batch.root}"`)) return path
  }
  throw new Error(`expected a block with record ${leafHash} in ${folder}`)
}

describe('a bundle altered on its way', () => {
  let bundle: ProofBundle
  beforeAll(() => {
    bundle = bundleOf('altered-bundle')
  })
  const reading = () => {
    if (bundle.record.type !== 'reading') throw new Error('expected a reading')
    return bundle.record.reading
  }
  it.each<[string, Step, () => object]>([
    ['an unknown member', 'malformed', () => ({ ...bundle, note: 'trust me' })],
    ['another leaf hash', 'record_hash', () => ({ ...bundle, leaf_hash: '0'.repeat(64) })],
    [
      'another content',
      'record_hash',
      () => ({
        ...bundle,
        record: { ...bundle.record, reading: { ...reading(), power_status: 'ON' } },
      }),
    ],
    [
      'the key of another device',
      'device_signature',
      () => ({
        ...bundle,
        device: { ...bundle.device, public_key: new TestDevice('x').facts.public_key },
      }),
    ],
    [
      'another root',
      'inclusion',
      () => ({ ...bundle, batch: { ...bundle.batch, root: '1'.repeat(64) } }),
    ],
    [
      'another size',
      'inclusion',
      () => ({ ...bundle, batch: { ...bundle.batch, size: bundle.batch.size + 5 } }),
    ],
    [
      'another transaction',
      'anchor',
      () => ({ ...bundle, anchor: { ...bundle.anchor, transaction: `0x${'1'.repeat(64)}` } }),
    ],
    [
      'another block',
      'anchor',
      () => ({ ...bundle, anchor: { ...bundle.anchor, block_hash: `0x${'1'.repeat(64)}` } }),
    ],
    [
      'another enrolment',
      'enrolment',
      () => ({
        ...bundle,
        device: {
          ...bundle.device,
          enrolment: { ...bundle.device?.enrolment, leaf_hash: bundle.leaf_hash },
        },
      }),
    ],
    [
      'another time of sealing',
      'batch_file',
      () => ({ ...bundle, batch: { ...bundle.batch, sealed_at: '2024-09-27T00:00:00.000Z' } }),
    ],
  ])('to have %s is disproved by step %s', async (_, step, alter) => {
    expect(await disproves(alter())).toBe(step)
  })
})
