import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Batch } from '../../../shared/api/ledger.ts'
import { acceptanceSchema, type Acceptance } from '../../../shared/api/readings.ts'
import { readBatchFile } from '../../../shared/batch/index.ts'
import { verifyReceipt } from '../../../shared/receipt/index.ts'
import {
  ipfsGateway,
  isFullyProved,
  rpcChain,
  verifyProof,
} from '../../../shared/verification/index.ts'
import { TestDevice } from '../../device.ts'
import {
  enrol,
  eventually,
  get,
  mine,
  postReadings,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'

describe('the road of a record', () => {
  let test: TestPortal
  const device = new TestDevice('road')
  beforeAll(async () => {
    test = await startTestPortal()
    await enrol(test.url, 'in-br-patna', [device])
  })
  afterAll(() => test?.stop())

  const outage = { power_status: 'OFF', reason: 'last_gasp' } as const

  it.each<[form: string, contentType: string, write: () => BodyInit]>([
    ['JSON', 'application/json', () => JSON.stringify(device.read(outage))],
    ['compact', 'application/cose', () => new Uint8Array(device.readCompact(outage))],
  ])(
    'turns a reading in %s form into a proof that an independent verifier accepts',
    async (_, type, write) => {
      const response = await fetch(`${test.url}/api/v1/readings`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: write(),
      })
      expect(response.status).toBe(201)
      const accepted = acceptanceSchema.parse(await response.json())
      if (accepted.status === 'rejected') throw new Error(accepted.detail)
      const { leaf_hash, receipt } = accepted
      expect(verifyReceipt(receipt)).toMatchObject({ leaf_hash, area_id: 'in-br-patna' })

      const proof = await eventually('a proof', async () => {
        const answer = await get<object>(test.url, `/api/v1/records/${leaf_hash}/proof`)
        return answer.status === 200 && answer.body
      })
      const evidence = await verifyProof(proof, {
        chain: rpcChain({ rpcUrl: test.stack.rpcUrl, contract: test.stack.contract }),
        ipfs: ipfsGateway({ gatewayUrl: test.url }),
      })
      expect(isFullyProved(evidence)).toBe(true)
      expect(evidence.filter(({ status }) => status === 'proved').map(({ step }) => step)).toEqual([
        'malformed',
        'record_hash',
        'device_signature',
        'inclusion',
        'anchor',
        'enrolment',
        'batch_file',
      ])
    },
  )

  it('makes an anchored batch final once enough blocks stand on it', async () => {
    await mine(test.stack, 3)
    const final = await eventually('a final batch', async () => {
      const { body } = await get<{ items: Batch[] }>(test.url, '/api/v1/batches?state=final')
      return body.items[0]
    })
    expect(final.anchor?.confirmations).toBeGreaterThanOrEqual(2)
  })

  it('hands out the batch file exactly as pinned, and the file proves itself', async () => {
    const { body } = await get<{ items: Batch[] }>(test.url, '/api/v1/batches?area_id=in-br-patna')
    for (const { number, cid, root } of body.items) {
      const file = await fetch(`${test.url}/api/v1/batches/in-br-patna/${number}/file`).then(
        (response) => response.bytes(),
      )
      const pinned = await fetch(`${test.url}/ipfs/${cid}`).then((response) => response.bytes())
      expect(file).toEqual(pinned)
      expect((await readBatchFile(one(file))).root).toBe(root)
    }
  })

  it('answers a reading sent again as a duplicate with the same leaf hash', async () => {
    const reading = device.read()
    const first = await postReadings(test.url, [reading])
    const second = await postReadings(test.url, [reading])
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body[0]).toMatchObject({ status: 'duplicate', leaf_hash: leafOf(first.body[0]) })
  })
})

async function* one(bytes: Uint8Array) {
  yield bytes
}

const leafOf = (answer: Acceptance | undefined) =>
  answer && 'leaf_hash' in answer ? answer.leaf_hash : null
