import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Device } from '../../../shared/api/devices.ts'
import { problemSchema, type Problem } from '../../../shared/api/problem.ts'
import {
  acceptanceSchema,
  storedReadingsSchema,
  type Acceptance,
  type StoredReading,
} from '../../../shared/api/readings.ts'
import { fromBase64url, toBase64url } from '../../../shared/bytes.ts'
import type { Reading, UnsignedReading } from '../../../shared/reading/index.ts'
import { unsignedReadingSchema } from '../../../shared/reading/schema.ts'
import { verifyReceipt } from '../../../shared/receipt/index.ts'
import type { Portal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  asAdmin,
  enrol,
  get,
  postReadings,
  send,
  startReadyPortal,
  startTestPortal,
  type Answer,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'

const AREA = 'in-br-gaya'
const MINUTE_MS = 60_000
const MIB = 1024 * 1024
const deviceTime = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>
const device = new TestDevice('ingest')
const stranger = new TestDevice('never enrolled')

beforeAll(async () => {
  test = await startTestPortal({ NUXT_BATCH_INTERVAL_SECONDS: '1800' })
  stored = await openModels(test.stack)
  await enrol(test.url, AREA, [device])
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

const readings = () => stored.models.records.countDocuments({ type: 'reading' })

const post = (body: BodyInit, contentType = 'application/json'): Promise<Response> =>
  fetch(`${test.url}/api/v1/readings`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })

/** Posts one reading: its acceptance, or the problem document that refused it. */
const postOne = <T = Acceptance>(reading: unknown): Promise<Answer<T>> =>
  send<T>(test.url, 'POST', '/api/v1/readings', reading)

const acceptedOf = (answer: Acceptance | undefined) => {
  if (answer?.status === 'rejected' || answer === undefined)
    throw new Error(`expected acceptance, got ${JSON.stringify(answer)}`)
  return answer
}

/** The same signature with s replaced by n − s: valid too, by the curve's symmetry. */
function complementary(reading: Reading): Reading {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const bytes = Buffer.from(fromBase64url(reading.device_signature))
  const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const other = Buffer.concat([
    bytes.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
  ])
  return { ...reading, device_signature: toBase64url(other) }
}

/** What a device signed, to be signed again. */
function unsigned(reading: Reading): UnsignedReading {
  const members: Partial<Reading> = { ...reading }
  delete members.device_signature
  return unsignedReadingSchema.parse(members)
}

/** A reading as signed, with one digit of its content changed afterwards. */
const forged = (reading: Reading): Reading => ({ ...reading, voltage_mv: 1 })

const rejections: [code: string, status: number, reading: () => unknown][] = [
  ['malformed', 400, () => ({ ...device.read(), device_signature: undefined })],
  ['unknown_device', 401, () => stranger.read()],
  ['bad_signature', 401, () => forged(device.read())],
  ['clock_ahead', 422, () => device.read({ timestamp: deviceTime(Date.now() + 6 * MINUTE_MS) })],
]

describe('a reading that is refused', () => {
  it.each(rejections)(
    'as %s is answered %i with a problem document',
    async (code, status, make) => {
      const before = await readings()
      const answer = await postOne<Problem>(make())
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(problemSchema.parse(answer.body)).toMatchObject({ code, status })
      expect(await readings()).toBe(before)
    },
  )

  it('is answered in its place among others: 207, in the same order', async () => {
    const before = await readings()
    const good = device.read()
    const sent = [...rejections.map(([, , make]) => make()), good, good]
    const { status, body } = await postReadings(test.url, sent)
    expect(status).toBe(207)
    expect(body.map((answer) => ('code' in answer ? answer.code : answer.status))).toEqual([
      ...rejections.map(([code]) => code),
      'accepted',
      'duplicate',
    ])
    expect(acceptedOf(body.at(-1)).leaf_hash).toBe(acceptedOf(body.at(-2)).leaf_hash)
    expect(await readings()).toBe(before + 1)
  })

  it.each([
    ['names an unknown member', (r: Reading) => JSON.stringify({ ...r, colour: 'red' }), /colour/],
    [
      'names a member twice',
      (r: Reading) => JSON.stringify(r).replace('{', '{"seq":1,'),
      /"seq" appears twice/,
    ],
    [
      'holds NaN',
      (r: Reading) => JSON.stringify(r).replace(/"latitude":[\d.]+/, '"latitude":NaN'),
      /JSON/,
    ],
    [
      'holds a number beyond 2^53',
      (r: Reading) => JSON.stringify(r).replace(/"seq":\d+/, '"seq":1e400'),
      /2\^53/,
    ],
    ['is nested deeply', () => '['.repeat(5_000) + ']'.repeat(5_000), /levels/],
    ['is nested as deeply as fits', () => '['.repeat(2 * MIB), /JSON/],
    ['is one long string', () => `"${'a'.repeat(2 * MIB - 2)}"`, /reading/],
    ['is an empty array', () => '[]', /empty/],
    ['is empty', () => '', /JSON/],
    ['is not JSON', () => 'power is on', /JSON/],
    ['is null', () => 'null', /reading/],
    ['names __proto__', () => '{"__proto__":{"v":1}}', /__proto__/],
    ['begins with a byte order mark', (r: Reading) => `\uFEFF${JSON.stringify(r)}`, /JSON/],
  ])('because it %s is malformed, and nothing is kept', async (_, write, detail) => {
    const before = await readings()
    const response = await post(write(device.read()))
    const problem = problemSchema.parse(await response.json())
    expect(problem).toMatchObject({ status: 400, code: 'malformed' })
    expect(problem.detail).toMatch(detail)
    expect(problem.detail).not.toMatch(/\bat .*:\d+/)
    expect(await readings()).toBe(before)
  })

  it('because it is no UTF-8 is malformed', async () => {
    const response = await post(Uint8Array.from([0x22, 0xff, 0xfe, 0x22]))
    expect(problemSchema.parse(await response.json())).toMatchObject({
      status: 400,
      detail: 'text: expected valid UTF-8',
    })
  })

  it.each(['text/plain', 'application/cbor', 'application/cose-key', ''])(
    'because it comes as "%s" is answered 415',
    async (type) => {
      const response = await post(new Blob([JSON.stringify(device.read())]), type)
      expect(problemSchema.parse(await response.json())).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      })
    },
  )

  it('because there are more than 1,000 is answered 413', async () => {
    const response = await post(JSON.stringify(Array.from({ length: 1001 }, () => 0)))
    expect(problemSchema.parse(await response.json())).toMatchObject({
      status: 413,
      code: 'too_large',
    })
  })

  it.each([
    ['said beforehand', { 'content-length': String(3 * MIB) }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])(
    'because it is over 2 MiB, %s, is answered 413 and the sender hears it',
    async (_, headers) => {
      const answer = await new Promise<{ status: number | undefined; text: string }>(
        (resolve, reject) => {
          const sending = request(
            `${test.url}/api/v1/readings`,
            { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
            async (response) => {
              let text = ''
              for await (const chunk of response) text += chunk
              resolve({ status: response.statusCode, text })
              sending.destroy()
            },
          )
          sending.once('error', reject)
          // One byte too many, and the sender still means to go on.
          sending.write(Buffer.alloc(2 * MIB + 1, ' '))
        },
      )
      expect(answer.status).toBe(413)
      expect(problemSchema.parse(JSON.parse(answer.text)).code).toBe('too_large')
    },
  )
})

describe('a reading that is accepted', () => {
  it('is answered 201 with a receipt of at most 45 minutes, and 200 when it comes again', async () => {
    const reading = device.read()
    const first = await postOne(reading)
    const second = await postOne(reading)
    expect([first.status, second.status]).toEqual([201, 200])
    const accepted = acceptedOf(acceptanceSchema.parse(first.body))
    const receipt = verifyReceipt(accepted.receipt)
    expect(receipt).toMatchObject({ leaf_hash: accepted.leaf_hash, area_id: AREA })
    expect(Date.parse(receipt.promise_by) - Date.parse(receipt.received_at)).toBeLessThanOrEqual(
      45 * MINUTE_MS,
    )
    expect(second.body).toMatchObject({ status: 'duplicate', leaf_hash: accepted.leaf_hash })
    expect(acceptedOf(second.body).receipt.received_at).toBe(receipt.received_at)
  })

  it('among others is answered 201 when all are new and 200 when all are known', async () => {
    const sent = [device.read(), device.read()]
    expect((await postReadings(test.url, sent)).status).toBe(201)
    expect((await postReadings(test.url, sent)).status).toBe(200)
  })

  it('is the same reading under the complementary signature', async () => {
    const reading = device.read()
    await postOne(reading)
    const again = await postOne(complementary(reading))
    expect(again.status).toBe(200)
    expect(again.body).toMatchObject({ status: 'duplicate' })
  })

  it('becomes one record, however many send it at once', async () => {
    const before = await readings()
    const reading = device.read()
    const answers = await Promise.all(Array.from({ length: 100 }, () => postOne(reading)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(99)
    expect(new Set(answers.map(({ body }) => acceptedOf(body).leaf_hash)).size).toBe(1)
    expect(await readings()).toBe(before + 1)
  })
})

describe('more readings than are allowed', () => {
  let strict: Portal
  beforeAll(async () => {
    strict = await startReadyPortal({
      ...test.env,
      NUXT_DEVICE_READINGS_PER_HOUR: '3',
      NUXT_ADDRESS_READINGS_PER_MINUTE: '20',
    })
  })
  afterAll(() => strict?.stop())

  it('from one device are refused 429 with Retry-After; others go on', async () => {
    const [talkative, other] = [new TestDevice('talkative'), new TestDevice('terse')]
    await enrol(test.url, AREA, [talkative, other])
    const sent = Array.from({ length: 4 }, () => talkative.read())
    const many = await postReadings(strict.url, sent)
    expect(many.status).toBe(207)
    expect(many.body.map(({ status }) => status)).toEqual([
      'accepted',
      'accepted',
      'accepted',
      'rejected',
    ])
    const refused = await send<Problem>(strict.url, 'POST', '/api/v1/readings', sent[3])
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await postReadings(strict.url, [other.read()])).status).toBe(201)
  })

  it('from one address are refused 429 before they are looked at', async () => {
    const nonsense = Array.from({ length: 20 }, () => 0)
    await postReadings(strict.url, nonsense)
    const refused = await send<Problem>(strict.url, 'POST', '/api/v1/readings', nonsense)
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('a number used twice with other content', () => {
  it('is refused 409, kept once as evidence, and shown with the device', async () => {
    const liar = new TestDevice('liar')
    await enrol(test.url, AREA, [liar])
    const told = liar.read()
    const contradiction = liar.sign({ ...unsigned(told), power_status: 'OFF', reason: 'change' })
    await postOne(told)
    const before = await readings()
    for (let times = 0; times < 2; times += 1) {
      const answer = await postOne<Problem>(contradiction)
      expect([answer.status, answer.body.code]).toEqual([409, 'equivocation'])
    }
    const { body } = await get<Device>(test.url, `/api/v1/devices/${told.device_id}`)
    expect(body.equivocations).toMatchObject([{ seq: told.seq, reading: { ...contradiction } }])
    expect(body.state).toBe('on')
    expect(await readings()).toBe(before)
  })

  it('in one request is told from the first of the two', async () => {
    const liar = new TestDevice('hasty liar')
    await enrol(test.url, AREA, [liar])
    const told = liar.read()
    const { status, body } = await postReadings(test.url, [
      told,
      liar.sign({ ...unsigned(told), power_w: 7 }),
    ])
    expect(status).toBe(207)
    expect(body).toMatchObject([{ status: 'accepted' }, { code: 'equivocation' }])
  })
})

describe('a backlog', () => {
  it('may arrive newest first and days late; its chain closes when the missing one comes', async () => {
    const late = new TestDevice('late')
    await enrol(test.url, AREA, [late])
    const daysAgo = Date.now() - 3 * 24 * 60 * MINUTE_MS
    const [first, second, third] = [0, 1, 2].map((n) =>
      late.read({ timestamp: deviceTime(daysAgo + n * MINUTE_MS) }),
    )
    const chains = async () => {
      const { body } = await get<{ items: StoredReading[] }>(
        test.url,
        `/api/v1/readings?device_id=${late.facts.device_id}`,
      )
      return body.items.map(({ chain }) => chain)
    }
    expect((await postOne(third)).status).toBe(201)
    expect(await chains()).toEqual(['unknown'])
    expect((await postOne(first)).status).toBe(201)
    expect(await chains()).toEqual(['gap', 'ok'])
    expect((await postOne(second)).status).toBe(201)
    expect(await chains()).toEqual(['ok', 'ok', 'ok'])
  })
})

describe('a suspended device', () => {
  it('is refused 403, and its readings are not kept', async () => {
    const suspect = new TestDevice('suspect')
    await enrol(test.url, AREA, [suspect])
    const event = { event: 'suspended', reason: 'opened by a stranger' }
    const path = `/api/v1/admin/devices/${suspect.facts.device_id}/events`
    expect((await send(test.url, 'POST', path, event, asAdmin)).status).toBe(201)
    const before = await readings()
    const answer = await postOne<Problem>(suspect.read())
    expect([answer.status, answer.body.code]).toEqual([403, 'suspended_device'])
    expect(await readings()).toBe(before)
  })
})

describe('reading what is stored', () => {
  const many = new TestDevice('many')
  beforeAll(async () => {
    await enrol(test.url, AREA, [many])
    // All of one second: the cursor must tell them apart by more than their time.
    const timestamp = deviceTime(Date.now())
    await postReadings(
      test.url,
      Array.from({ length: 23 }, () => many.read({ timestamp })),
    )
  })
  const path = (more = '') => `/api/v1/readings?device_id=${many.facts.device_id}&limit=5${more}`

  it('pages by cursor without loss or repetition', async () => {
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const cursor: string = next && `&cursor=${encodeURIComponent(next)}`
      const { body } = await get(test.url, path(cursor))
      const page = storedReadingsSchema.parse(body)
      expect(page.items.length).toBeLessThanOrEqual(5)
      seen.push(...page.items.map(({ leaf_hash }) => leaf_hash))
      next = page.next
    }
    expect(seen).toHaveLength(23)
    expect(new Set(seen).size).toBe(23)
  })

  it('answers 304 to who holds the answer already, and HEAD without a body', async () => {
    const url = `${test.url}${path()}`
    const first = await fetch(url)
    const etag = first.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const again = await fetch(url, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, ''])
  })

  it('is open to pages of any origin', async () => {
    const preflight = await fetch(`${test.url}${path()}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://example.org', 'access-control-request-method': 'GET' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    const read = await fetch(`${test.url}${path()}`)
    expect(read.headers.get('access-control-allow-origin')).toBe('*')
    const admin = await fetch(`${test.url}/api/v1/admin/failures`, { headers: asAdmin })
    expect(admin.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    ['/api/v1/readings?limit=0', 400],
    ['/api/v1/readings?limit=501', 400],
    ['/api/v1/readings?limit=5&limit=6', 400],
    ['/api/v1/readings?cursor=nonsense', 400],
    ['/api/v1/readings?cursor=WyIyMDI2LTExLTIxVDA1OjMwOjAwLjAwMFoiLHt9XQ', 400],
    ['/api/v1/readings?from=yesterday', 400],
    ['/api/v1/readings?device_id[$ne]=1', 400],
    ['/api/v1/readings?colour=red', 400],
    ['/api/v1/devices/0123456789ABCDEF99', 404],
    ['/api/v1/devices/%ff', 400],
    ['/api/v1/records/00', 400],
    [`/api/v1/records/${'0'.repeat(64)}`, 404],
    [`/api/v1/records/${'0'.repeat(64)}/proof`, 404],
    ['/api/v1/batches/in-br-gaya/0', 400],
    ['/api/v1/batches/in-br-gaya/9999999999999999', 404],
    ['/api/v1/batches/in-br-gaya/1/records?cursor=-1', 400],
    ['/api/v1/map?bbox=1,2,3', 400],
    ['/api/v1/map?bbox=NaN,0,1,1', 400],
    ['/api/v1/map?bbox=,-1,,1', 400],
    ['/api/v1/areas/UPPER', 400],
    ['/api/v1/nothing/here', 404],
    ['/ipfs/nonsense', 400],
  ])('of %s is refused with a problem document, %i', async (address, status) => {
    const answer = await get<Problem>(test.url, address)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(problemSchema.parse(answer.body).status).toBe(status)
    expect(answer.status).toBe(status)
  })
})
