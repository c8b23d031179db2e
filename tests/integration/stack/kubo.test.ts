import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CarReader } from '@ipld/car'
import { create } from 'kubo-rpc-client'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { buildProof } from '../../../server/services/ledger/build-proof.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import {
  ipfsGateway,
  isFullyProved,
  rpcChain,
  verifyProof,
} from '../../../shared/verification/index.ts'
import { TestDevice } from '../../device.ts'
import { eventually } from '../../portal.ts'
import { startServices } from '../server/deps.ts'
import { bytesOf, fileOf, patterned } from './content.ts'
import { kuboVersion, startKubo, type Kubo } from './kubo.ts'

const VECTORS = new URL('../../vectors/', import.meta.url)
const vectorSchema = z.array(
  z.union([
    z.object({ file: z.string(), cid: z.string() }),
    z.object({ length: z.number(), cid: z.string() }),
  ]),
)
const version = kuboVersion()

describe.skipIf(version === null)(`a real Kubo, ${version ?? 'none on the path'}`, () => {
  let dir: string
  let kubo: Kubo
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kubo-'))
    kubo = await startKubo(dir)
  })
  afterAll(async () => {
    await kubo?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const pins = async () => {
    const found: string[] = []
    for await (const { cid, type } of create({ url: kubo.apiUrl }).pin.ls())
      found.push(`${cid} ${type}`)
    return found.sort()
  }

  it('takes every file of the vectors under the same CID, pins it, and gives it back', async () => {
    const ipfs = kuboIpfs(kubo.apiUrl)
    expect(await ipfs.version()).toBe(version)
    const vectors = vectorSchema.parse(
      JSON.parse(await readFile(new URL('cids.json', VECTORS), 'utf8')),
    )
    for (const vector of vectors) {
      const bytes =
        'file' in vector
          ? new Uint8Array(await readFile(new URL(vector.file, VECTORS)))
          : patterned(vector.length)
      for (let again = 0; again < 2; again += 1)
        expect(await ipfs.add(once(bytes))).toBe(vector.cid)
      expect(Buffer.compare(await bytesOf(ipfs.cat(vector.cid)), bytes)).toBe(0)
    }
    const expected = vectors.map(({ cid }) => `${cid} recursive`)
    // It pins an empty folder of its own.
    expect(await pins()).toEqual(expect.arrayContaining(expected))
  })

  it('gives parts of a file, single blocks and the whole DAG', async () => {
    const ipfs = kuboIpfs(kubo.apiUrl)
    const bytes = patterned(3_145_733)
    const { root, blocks } = await fileOf(bytes)
    expect(await ipfs.add(once(bytes))).toBe(root.toString())
    for (const [offset, length] of [
      [0, 10],
      [1_048_570, 7],
      [2_000_000, 1_100_000],
      [3_145_732, 100],
    ] as const) {
      const part = await bytesOf(ipfs.cat(root.toString(), { offset, length }))
      expect(Buffer.compare(part, bytes.subarray(offset, offset + length))).toBe(0)
    }
    for (const block of blocks)
      expect(Buffer.compare(await ipfs.block(block.cid.toString()), block.bytes)).toBe(0)
    const car = await CarReader.fromBytes(await bytesOf(ipfs.car(root.toString())))
    expect((await car.getRoots()).map(String)).toEqual([root.toString()])
    for (const { cid } of blocks) expect(await car.has(cid)).toBe(true)
  })

  it('says at once what it does not hold, and takes no file under the CID of another', async () => {
    const ipfs = kuboIpfs(kubo.apiUrl, { idleMs: 5_000 })
    const absent = (await fileOf(patterned(1_234))).root.toString()
    const away = { code: 'ipfs_unavailable' }
    await expect(ipfs.block(absent)).rejects.toMatchObject(away)
    await expect(bytesOf(ipfs.cat(absent))).rejects.toMatchObject(away)
    await expect(bytesOf(ipfs.car(absent))).rejects.toMatchObject(away)
    const before = await pins()
    await expect(ipfs.add(once(patterned(4_321)), absent)).rejects.toMatchObject({
      code: 'wrong_cid',
    })
    expect(await pins()).toEqual(before)
  })

  it('holds a batch that is proved through its own gateway, and still after a restart', async () => {
    const test = await startServices()
    try {
      const deps: Deps = { ...test.deps, ipfs: kuboIpfs(kubo.apiUrl) }
      const leafHash = await anchoredReading(deps, (ms) => test.clock.advance(ms))
      const proof = await buildProof(deps, leafHash)
      const before = await pins()
      expect(before).toContain(`${CID.parse(proof.cid)} recursive`)
      await kubo.stop()
      kubo = await startKubo(dir)
      expect(await pins()).toEqual(before)
      const evidence = await verifyProof(proof, {
        chain: rpcChain({ rpcUrl: test.stack.rpcUrl, contract: test.stack.contract }),
        ipfs: ipfsGateway({ gatewayUrl: kubo.gatewayUrl }),
      })
      expect(isFullyProved(evidence)).toBe(true)
    } finally {
      await test.stop()
    }
  })
})

async function* once(bytes: Uint8Array) {
  yield bytes
}

/** Leaf hash of a reading in a batch that was published and anchored. */
async function anchoredReading(deps: Deps, advance: (ms: number) => void): Promise<string> {
  const device = new TestDevice('kubo')
  const area = { name: 'kubo', kind: 'district', parent_id: null, geometry: null }
  await deps.models.areas.updateOne({ _id: 'kubo' }, { $set: area }, { upsert: true })
  await enrolDevices(deps, [{ area_id: 'kubo', device: device.facts }])
  advance(1)
  const [answer] = await readingIntake(deps)([{ json: device.read() }], () => 0)
  if (answer?.status !== 'accepted') throw new Error('expected the reading accepted')
  advance(deps.settings.batchIntervalMs)
  await sealBatches(deps)
  await publishBatches(deps)
  await eventually('the batch anchored', async () => {
    await anchorBatches(deps)
    return deps.models.batches.exists({ state: 'anchored' })
  })
  return answer.record._id
}
