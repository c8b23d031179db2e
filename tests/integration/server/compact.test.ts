import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Device } from '../../../shared/api/devices.ts'
import { problemSchema, type Problem } from '../../../shared/api/problem.ts'
import {
  acceptanceSchema,
  storedReadingsSchema,
  type Acceptance,
} from '../../../shared/api/readings.ts'
import { concat, toBase64url } from '../../../shared/bytes.ts'
import { decodeCompact, type Reading } from '../../../shared/reading/index.ts'
import { verifyReceipt } from '../../../shared/receipt/index.ts'
import { TestDevice } from '../../device.ts'
import { enrol, get, postReadings, startTestPortal, type TestPortal } from '../../portal.ts'
import { openModels } from './deps.ts'

const AREA = 'in-br-gaya'

let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>
const modem = new TestDevice('modem')

beforeAll(async () => {
  test = await startTestPortal({ NUXT_BATCH_INTERVAL_SECONDS: '1800' })
  stored = await openModels(test.stack)
  await enrol(test.url, AREA, [modem])
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

const readings = () => stored.models.records.countDocuments({ type: 'reading' })

async function postCose<T = Acceptance>(
  body: Uint8Array<ArrayBuffer>,
  contentType = 'application/cose',
): Promise<{ status: number; body: T }> {
  const response = await fetch(`${test.url}/api/v1/readings`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const sequence = (...items: Uint8Array[]) => new Uint8Array(concat(...items))
const postSequence = (...items: Uint8Array[]) =>
  postCose<Acceptance[]>(sequence(...items), 'application/cbor-seq')
const nextCose = () => new Uint8Array(modem.readCompact())

const acceptedOf = (answer: Acceptance) => {
  if (answer.status === 'rejected')
    throw new Error(`expected acceptance, got ${JSON.stringify(answer)}`)
  return answer
}

/** The same number with another status, in compact form. */
const contradictionTo = (device: TestDevice, { device_signature: _, ...told }: Reading) =>
  device.signCompact({ ...told, power_status: 'OFF' })

describe('a reading in compact form', () => {
  it('is answered as any other: 201 with a receipt, 200 when it comes again', async () => {
    const cose = nextCose()
    const first = await postCose(cose)
    const second = await postCose(cose, 'application/cose; cose-type="cose-sign1"')
    expect([first.status, second.status]).toEqual([201, 200])
    const { leaf_hash, receipt } = acceptedOf(acceptanceSchema.parse(first.body))
    expect(verifyReceipt(receipt)).toMatchObject({ leaf_hash, area_id: AREA })
    expect(second.body).toMatchObject({ status: 'duplicate', leaf_hash })
  })

  it('is kept with its original bytes, and a list shows them', async () => {
    const cose = nextCose()
    const accepted = acceptedOf((await postCose(cose)).body)
    const { body } = await get(test.url, `/api/v1/readings?device_id=${modem.facts.device_id}`)
    const { items } = storedReadingsSchema.parse(body)
    const item = items.find(({ reading }) => reading.seq === decodeCompact(cose).reading.seq)
    expect(item).toMatchObject({
      leaf_hash: accepted.leaf_hash,
      chain: 'ok',
      cose: toBase64url(cose),
      reading: decodeCompact(cose).reading,
    })
    expect(item?.reading).not.toHaveProperty('device_signature')
  })

  it('is answered in its place in a sequence, whatever stands beside it', async () => {
    const [one, two] = [nextCose(), nextCose()]
    const forged = Uint8Array.from(nextCose())
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
    const strange = Uint8Array.from([0x83, 0x01, 0xa1, 0x61, 0x61, 0xf5, 0xc1, 0x19, 0x03, 0xe8])
    const { status, body } = await postSequence(one, strange, forged, two, one)
    expect(status).toBe(207)
    expect(body.map((answer) => ('code' in answer ? answer.code : answer.status))).toEqual([
      'accepted',
      'malformed',
      'bad_signature',
      'accepted',
      'duplicate',
    ])
    expect((await postSequence(one, two)).status).toBe(200)
    expect((await postSequence(nextCose())).body).toMatchObject([{ status: 'accepted' }])
  })

  it.each<[what: string, type: string, write: (cose: Uint8Array) => Uint8Array]>([
    ['is followed by more bytes', 'application/cose', (cose) => sequence(cose, new Uint8Array(1))],
    ['is two', 'application/cose', (cose) => sequence(cose, cose)],
    ['is cut short', 'application/cose', (cose) => cose.subarray(0, -1)],
    ['has no tag', 'application/cose', (cose) => cose.subarray(1)],
    [
      'is spelled in more bytes than it takes',
      'application/cose',
      // The head of the array of four, its length in a byte of its own.
      (cose) => sequence(Uint8Array.of(0xd2, 0x98, 0x04), cose.subarray(2)),
    ],
    ['is empty', 'application/cose', () => new Uint8Array()],
    ['is an empty sequence', 'application/cbor-seq', () => new Uint8Array()],
    ['ends a sequence too early', 'application/cbor-seq', (cose) => cose.subarray(0, -1)],
    [
      'stands in a sequence behind what has no end',
      'application/cbor-seq',
      (cose) => sequence(Uint8Array.of(0x9f), cose),
    ],
  ])('that %s is malformed, and nothing is kept', async (_, type, write) => {
    const before = await readings()
    const answer = await postCose<Problem>(new Uint8Array(write(nextCose())), type)
    expect(problemSchema.parse(answer.body)).toMatchObject({ status: 400, code: 'malformed' })
    expect(await readings()).toBe(before)
  })

  it('beyond 1,000 in a sequence is answered 413', async () => {
    const { status } = await postCose(new Uint8Array(1001), 'application/cbor-seq')
    expect(status).toBe(413)
  })

  it('that contradicts one in JSON is kept with its bytes as evidence', async () => {
    const liar = new TestDevice('liar in two forms')
    await enrol(test.url, AREA, [liar])
    const told = liar.read()
    await postReadings(test.url, told)
    const cose = new Uint8Array(contradictionTo(liar, told))
    expect((await postCose(cose)).status).toBe(409)
    const { body } = await get<Device>(test.url, `/api/v1/devices/${told.device_id}`)
    expect(body.equivocations).toMatchObject([{ seq: told.seq, cose: toBase64url(cose) }])
  })
})
