import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROBLEM_STATUS, problemSchema, type Problem } from '../../../shared/api/problem.ts'
import type { Acceptance } from '../../../shared/api/readings.ts'
import { fromBase64url, toBase64url } from '../../../shared/bytes.ts'
import type { Reading } from '../../../shared/reading/index.ts'
import { unsignedReadingSchema } from '../../../shared/reading/schema.ts'
import { TestDevice } from '../../device.ts'
import { asAdmin, enrol, get, send, startTestPortal, type TestPortal } from '../../portal.ts'
import { describedSchema, requestsOf, type Operation } from './described-requests.ts'

const AREA = 'in-br-patna'
const KIB = 1024
const PHOTO_BYTES = 11 * KIB * KIB
/** Of `server/plugins/http-limits.ts`, and what a loaded machine adds. */
const PATIENCE_MS = 16_000

const device = new TestDevice('sound')
let test: TestPortal
/** Says a header now and then, and never ends: opened first, so that nobody waits for it alone. */
let slow: { socket: Socket; startedMs: number; closed: Promise<string> }

beforeAll(async () => {
  test = await startTestPortal({ NUXT_BATCH_INTERVAL_SECONDS: '1800' })
  slow = slowConnection()
  await enrol(test.url, AREA, [device])
})
afterAll(async () => {
  slow?.socket.destroy()
  await test?.stop()
})

const portOf = () => Number(new URL(test.url).port)

function slowConnection() {
  const socket = connect(portOf(), '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk) => (heard += String(chunk)))
  socket.on('error', () => undefined)
  socket.write('GET /health HTTP/1.1\r\nhost: portal\r\n')
  const dripping = setInterval(() => socket.write('x-slow: 1\r\n'), 500)
  const closed = once(socket, 'close').then(() => {
    clearInterval(dripping)
    return heard
  })
  return { socket, startedMs: Date.now(), closed }
}

/** What the server says to bytes written as they are, until it closes or `until` stands in it. */
async function spoken(bytes: string | Buffer, until = /\r\n\r\n/): Promise<string> {
  const socket = connect(portOf(), '127.0.0.1')
  let heard = ''
  socket.on('error', () => undefined)
  socket.write(bytes)
  const closed = once(socket, 'close')
  const found = new Promise<void>((resolve) =>
    socket.on('data', (chunk) => {
      heard += String(chunk)
      if (until.test(heard)) resolve()
    }),
  )
  await Promise.race([closed, found])
  socket.destroy()
  return heard
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const FIELD = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const scalar = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

/** DER of r and s (RFC 3279 §2.2.3), as most libraries sign. */
function der(raw: Buffer): Buffer {
  const integer = (bytes: Buffer) => {
    const short = bytes.subarray(bytes.findIndex((byte) => byte !== 0))
    const body = (short[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), short]) : short
    return Buffer.concat([Buffer.of(2, body.length), body])
  }
  const both = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, both.length), both])
}

describe('a signature that is none', () => {
  const r = (raw: Buffer) => raw.subarray(0, 32)
  const s = (raw: Buffer) => raw.subarray(32)
  const lies: [name: string, code: string, lie: (raw: Buffer) => Buffer][] = [
    ['all zeros', 'bad_signature', () => Buffer.alloc(64)],
    ['r = 0', 'bad_signature', (raw) => Buffer.concat([scalar(0n), s(raw)])],
    ['s = 0', 'bad_signature', (raw) => Buffer.concat([r(raw), scalar(0n)])],
    ['r = 1, s = 1', 'bad_signature', () => Buffer.concat([scalar(1n), scalar(1n)])],
    ['r = n', 'bad_signature', (raw) => Buffer.concat([scalar(ORDER), s(raw)])],
    ['s = n', 'bad_signature', (raw) => Buffer.concat([r(raw), scalar(ORDER)])],
    ['r = s = n', 'bad_signature', () => Buffer.concat([scalar(ORDER), scalar(ORDER)])],
    ['r = n + 1', 'bad_signature', (raw) => Buffer.concat([scalar(ORDER + 1n), s(raw)])],
    ['s = n + 1', 'bad_signature', (raw) => Buffer.concat([r(raw), scalar(ORDER + 1n)])],
    ['r = n − 1', 'bad_signature', (raw) => Buffer.concat([scalar(ORDER - 1n), s(raw)])],
    ['r = p', 'bad_signature', (raw) => Buffer.concat([scalar(FIELD), s(raw)])],
    ['r = p − n', 'bad_signature', (raw) => Buffer.concat([scalar(FIELD - ORDER), s(raw)])],
    ['r and s of all ones', 'bad_signature', () => Buffer.alloc(64, 0xff)],
    ['r and s exchanged', 'bad_signature', (raw) => Buffer.concat([s(raw), r(raw)])],
    ['−r', 'bad_signature', (raw) => Buffer.concat([scalar(ORDER - numberOf(r(raw))), s(raw)])],
    [
      's + 1',
      'bad_signature',
      (raw) => Buffer.concat([r(raw), scalar((numberOf(s(raw)) + 1n) % ORDER)]),
    ],
    [
      'one bit changed',
      'bad_signature',
      (raw) => Buffer.concat([Buffer.of((raw[0] ?? 0) ^ 1), raw.subarray(1)]),
    ],
    [
      'bytes of r in reverse',
      'bad_signature',
      (raw) => Buffer.concat([Buffer.from(r(raw)).reverse(), s(raw)]),
    ],
    ['DER', 'malformed', der],
    ['one byte short', 'malformed', (raw) => raw.subarray(0, 63)],
    ['one byte long', 'malformed', (raw) => Buffer.concat([raw, Buffer.of(0)])],
    ['with a byte before', 'malformed', (raw) => Buffer.concat([Buffer.of(0), raw])],
    ['r alone', 'malformed', r],
    ['nothing', 'malformed', () => Buffer.alloc(0)],
  ]

  it.each(lies)('(%s) is refused as %s', async (_, code, lie) => {
    const reading = device.read()
    const raw = Buffer.from(fromBase64url(reading.device_signature))
    const told = { ...reading, device_signature: toBase64url(lie(raw)) }
    const { status, body } = await send<Problem>(test.url, 'POST', '/api/v1/readings', told)
    expect([status, body.code]).toEqual([code === 'malformed' ? 400 : 401, code])
  })

  it.each([
    ['by the key of another device', (told: Told) => new TestDevice('other').sign(told)],
    [
      'over the reading before',
      (told: Told) => ({ ...told, device_signature: device.read().device_signature }),
    ],
    ['in base64 with padding', (told: Told) => padded(device.sign(told))],
    [
      'in the other alphabet',
      (told: Told) => ({ ...device.sign(told), device_signature: '+/'.repeat(43) }),
    ],
    ['that is a number', (told: Told) => ({ ...told, device_signature: 7 })],
  ])('%s is refused', async (_, lie) => {
    const told = unsigned(device.read())
    const { status, body } = await send<Problem>(test.url, 'POST', '/api/v1/readings', lie(told))
    expect([400, 401]).toContain(status)
    expect(['malformed', 'bad_signature']).toContain(body.code)
  })

  it('is told from one with a high s and one with a low s, which both hold', async () => {
    for (const wantsHigh of [true, false]) {
      const reading = device.read()
      const raw = Buffer.from(fromBase64url(reading.device_signature))
      const isHigh = numberOf(s(raw)) > ORDER / 2n
      const wanted = isHigh === wantsHigh ? numberOf(s(raw)) : ORDER - numberOf(s(raw))
      const told = {
        ...reading,
        device_signature: toBase64url(Buffer.concat([r(raw), scalar(wanted)])),
      }
      const { status } = await send<Acceptance>(test.url, 'POST', '/api/v1/readings', told)
      expect(status, wantsHigh ? 'high' : 'low').toBe(201)
    }
  })
})

type Told = Parameters<TestDevice['sign']>[0]
/** What a device signed, to be signed again. */
function unsigned(reading: Reading): Told {
  const members: Partial<Reading> = { ...reading }
  delete members.device_signature
  return unsignedReadingSchema.parse(members)
}

const padded = (reading: ReturnType<TestDevice['sign']>) => ({
  ...reading,
  device_signature: `${reading.device_signature}==`,
})

describe('a public key that is none', () => {
  const sound = device.facts.public_key
  it.each([
    ['lies beside the curve', `${sound.slice(0, -1)}${sound.endsWith('0') ? '1' : '0'}`],
    ['is the point at infinity', '00'],
    ['is zero', `04${'00'.repeat(64)}`],
    ['is compressed', `02${sound.slice(2, 66)}`],
    ['has coordinates beyond the field', `04${'ff'.repeat(64)}`],
    ['is hybrid', `06${sound.slice(2)}`],
  ])('and %s is not enrolled', async (_, public_key) => {
    const facts = { ...new TestDevice('no key').facts, public_key }
    const body = [{ area_id: AREA, device: facts }]
    const answer = await send<Problem>(test.url, 'POST', '/api/v1/admin/devices', body, asAdmin)
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed'])
  })
})

describe('a request that asks too much of the server', () => {
  it.each([
    ['an address of 20 KiB', `GET /?${'a'.repeat(20 * KIB)} HTTP/1.1\r\nhost: portal\r\n\r\n`, 431],
    [
      'a header of 20 KiB',
      `GET / HTTP/1.1\r\nhost: portal\r\nx-a: ${'a'.repeat(20 * KIB)}\r\n\r\n`,
      431,
    ],
    [
      'two lengths',
      'POST /api/v1/readings HTTP/1.1\r\nhost: portal\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
    [
      'a length and chunks',
      'POST /api/v1/readings HTTP/1.1\r\nhost: portal\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n', 400],
    [
      'a header over two lines',
      'GET /health HTTP/1.1\r\nhost: portal\r\nx-a: 1\r\n 2\r\n\r\n',
      400,
    ],
  ])('by %s is refused', async (_, text, status) => {
    expect(await spoken(text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  })

  it.each([
    ['/api/v1/session', 17 * KIB, {}],
    ['/api/v1/complaints', 65 * KIB, {}],
    [
      '/api/v1/complaints/0123456789abcdef01234567/photos',
      PHOTO_BYTES,
      { authorization: `Bearer ${'a'.repeat(43)}`, 'content-type': 'image/jpeg' },
    ],
  ])('by a body %s does not take is refused before it is there', async (path, length, more) => {
    const headers = { 'content-type': 'application/json', origin: test.url, ...more }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const head = `POST ${path} HTTP/1.1\r\nhost: ${new URL(test.url).host}\r\n${lines.join('')}`
    const heard = await spoken(`${head}content-length: ${length}\r\n\r\n{`, /\r\n\r\n[^]*\}/)
    expect(heard).toMatch(/^HTTP\/1.1 413 /)
    expect(heard).toMatch(/^connection: close/im)
  })

  it.each([
    ['arrays in arrays', Buffer.alloc(64 * KIB, 0x81)],
    ['tags on tags', Buffer.alloc(64 * KIB, 0xd2)],
    ['maps without end', Buffer.alloc(64 * KIB, 0xbf)],
    ['a text longer than the body', Buffer.from('7bffffffffffffffff', 'hex')],
    ['more items than there are', Buffer.from('9bffffffffffffffff', 'hex')],
  ])('by CBOR of %s is malformed', async (_, body) => {
    for (const type of ['application/cose; cose-type="cose-sign1"', 'application/cbor-seq']) {
      const response = await fetch(`${test.url}/api/v1/readings`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      })
      const [one] = [await response.json()].flat()
      expect([response.status, one.code ?? one.status]).toEqual([
        expect.toBeOneOf([207, 400, 413]),
        expect.toBeOneOf(['malformed', 'too_large']),
      ])
    }
  })

  it('by a form of many parts is not read at all', async () => {
    const body = new FormData()
    for (let part = 0; part < 500; part += 1) body.append(`part${part}`, 'x'.repeat(100))
    for (const path of ['/api/v1/complaints', '/api/v1/session', '/open311/v2/requests.json']) {
      const response = await fetch(test.url + path, {
        method: 'POST',
        headers: { origin: test.url },
        body,
      })
      expect(response.status, path).toBe(415)
      await response.body?.cancel()
    }
  })
})

describe('requests made up from the OpenAPI document', () => {
  /** The same on every run; another one finds other things. */
  const SEED = 20261121
  const RUNS = 6
  const AT_ONCE = 8

  it('are answered as it says, and never with an error of the server', async () => {
    const { body } = await get<unknown>(test.url, '/api/v1/openapi.json')
    const described = describedSchema.parse(body)
    const known = {
      areaId: [AREA],
      area_id: [AREA],
      deviceId: [device.facts.device_id],
      number: ['1'],
    }
    const calls = Object.entries(described.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    )
    expect(calls.length).toBeGreaterThan(80)
    const found: string[] = []
    const queue = calls.values()
    const work = async () => {
      for (const { path, method, operation } of queue) {
        const requests = fc.sample(requestsOf(described, path, operation, known), {
          numRuns: RUNS,
          seed: SEED,
        })
        for (const [index, request] of requests.entries()) {
          const headers = { ...request.headers, origin: test.url, ...(index % 2 === 0 && asAdmin) }
          const wrong = await wrongness({ ...request, headers }, method.toUpperCase(), operation)
          if (wrong)
            found.push(`${method} ${request.path} ${String(request.body).slice(0, 300)}: ${wrong}`)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(found).toEqual([])
  }, 60_000)

  /** What is wrong with the answer to a request; null where nothing is. */
  async function wrongness(
    {
      path,
      headers,
      body,
    }: { path: string; headers: Record<string, string>; body: BodyInit | undefined },
    method: string,
    { responses }: Operation,
  ): Promise<string | null> {
    const hasBody = method !== 'GET'
    const response = await fetch(test.url + path, {
      method,
      headers,
      ...(hasBody && body !== undefined && { body }),
    })
    const { status } = response
    const documented = responses[status]
    if (status < 400) {
      await response.body?.cancel()
      return documented ? null : `${status} is not documented`
    }
    const text = await response.text()
    if (status >= 500 && status !== 503) return `${status} ${text}`
    if (!documented) return `${status} is not documented: ${text.slice(0, 300)}`
    const type = response.headers.get('content-type') ?? ''
    if (path.startsWith('/open311/') && !type.startsWith('application/problem')) return null
    if (type !== 'application/problem+json') return `${status} comes as ${type}`
    const { code } = problemSchema.parse(JSON.parse(text))
    if (!Object.hasOwn(PROBLEM_STATUS, code)) return `code ${code} is unknown`
    return documented.description.includes(`\`${code}\``)
      ? null
      : `${status} ${code} is not documented`
  }
})

describe('a connection that sends a header now and then', () => {
  it('is closed while its request is not whole', async () => {
    const heard = await Promise.race([slow.closed, after(PATIENCE_MS, 'still open')])
    expect(heard).toMatch(/^HTTP\/1.1 408 /)
    expect(Date.now() - slow.startedMs).toBeLessThan(PATIENCE_MS + 30_000)
    expect((await get(test.url, '/health')).status).toBe(200)
  })
})
