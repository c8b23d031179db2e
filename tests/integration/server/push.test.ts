import { createECDH, createHash, randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { PushRequest } from '../../../shared/api/push.ts'
import { webPushSender, type Push } from '../../../server/adapters/push.ts'
import { lease } from '../../../server/services/lease.ts'
import { subscribe, unsubscribe } from '../../../server/services/push/subscribe.ts'
import { tellSubscribers } from '../../../server/services/push/tell.ts'
import { startServices, type ServiceTest } from './deps.ts'

interface Decipher {
  decrypt(body: Buffer, options: object): Buffer
}
const ece: Decipher = createRequire(import.meta.url)('http_ece')

const AREA = 'in-br-patna'
const ABOVE = 'in-br'
const MINUTE_MS = 60_000
const noticeSchema = z.strictObject({
  title: z.string(),
  body: z.string(),
  path: z.string(),
  tag: z.string(),
  stop: z.string(),
})

/** A push service: takes what is sent, answers as it is told to. */
interface Received {
  path: string
  headers: Record<string, unknown>
  body: Buffer
}
const received: Received[] = []
let answerWith = 201
let service: Server
let test: ServiceTest
let push: Push

beforeAll(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      })
      response.writeHead(answerWith, { location: 'http://127.0.0.1/' }).end()
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  const address = service.address()
  const port = typeof address === 'object' ? address?.port : 0
  push = webPushSender({
    key: '01'.repeat(32),
    contact: 'mailto:ops@example.org',
    hosts: ['push.example.org', '*.push.example.net'],
    // The name of the service leads to this machine.
    post: async (url, { headers, body }) => {
      const here = url.replace('https://push.example.org', `http://127.0.0.1:${port}`)
      const answer = await fetch(here, {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
        redirect: 'manual',
      })
      return answer.status
    },
  })
  test = await startServices()
  for (const [_id, parent_id] of [
    [ABOVE, null],
    [AREA, ABOVE],
  ] as const)
    await test.deps.models.areas.collection.insertOne({
      _id,
      parent_id,
      name: _id === AREA ? 'Patna' : 'Bihar',
    } as never)
})
afterAll(async () => {
  await test?.stop()
  service.close()
})
beforeEach(async () => {
  received.length = 0
  answerWith = 201
  const { models } = test.deps
  await models.pushSubscriptions.deleteMany({})
  await models.pushNotices.deleteMany({})
  await models.outages.deleteMany({})
})

/** A browser: keys of its own, and an address nobody else has. */
function browser(areaIds = [AREA], language: PushRequest['language'] = 'en') {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  const auth = randomBytes(16)
  const path = `/${randomBytes(12).toString('hex')}`
  const request: PushRequest = {
    endpoint: `https://push.example.org${path}`,
    keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
    area_ids: areaIds,
    language,
  }
  const read = ({ body }: Received) =>
    noticeSchema.parse(
      JSON.parse(
        ece
          .decrypt(body, { version: 'aes128gcm', privateKey: keys, authSecret: auth })
          .toString('utf8'),
      ),
    )
  return {
    request,
    notices: () => received.filter((message) => message.path === path).map(read),
  }
}

let outages = 0
async function outage({ minutesAgo = 10, local = false } = {}): Promise<string> {
  const now = test.clock.now()
  const started = new Date(now.getTime() - minutesAgo * MINUTE_MS)
  const id = `${AREA}.20261121T0530${String(outages++).padStart(2, '0')}Z.0123456789ABCDEF01`
  await test.deps.models.outages.create({
    _id: id,
    area_id: AREA,
    started_at: started,
    last_start_at: started,
    ended_at: null,
    local,
    devices: 23,
    customers_affected: 900,
    open: 0,
    digest: '0'.repeat(64),
    changed_at: now,
  })
  return id
}

const end = (id: string) =>
  test.deps.models.outages.updateOne(
    { _id: id },
    { $set: { ended_at: test.clock.now(), changed_at: test.clock.now() } },
  )
async function tell(): Promise<number> {
  const own = lease(test.deps, 'push', randomUUID())
  return tellSubscribers(test.deps, { push, lease: own, timeZone: 'Asia/Kolkata' }).finally(() =>
    own.release(),
  )
}
const enlist = (...browsers: ReturnType<typeof browser>[]) =>
  Promise.all(browsers.map(({ request }) => subscribe(test.deps, push, request)))

describe('notices about outages', () => {
  it('say once that an outage began and once that it ended, readable by the browser alone', async () => {
    const english = browser()
    const hindi = browser([ABOVE], 'hi')
    await enlist(english, hindi)
    const id = await outage()
    expect([await tell(), await tell()]).toEqual([2, 0])
    await end(id)
    expect([await tell(), await tell()]).toEqual([2, 0])
    expect(english.notices().map(({ title }) => title)).toEqual([
      'Patna: no mains',
      'Patna: mains are back',
    ])
    expect(english.notices()[0]).toMatchObject({ path: `/outages/${id}`, tag: id })
    expect(english.notices()[0]?.body).toContain('23')
    expect(hindi.notices()[0]).toMatchObject({
      title: 'Patna: बिजली नहीं है',
      path: `/hi/outages/${id}`,
    })
    expect(received[0]?.body.toString('latin1')).not.toContain('Patna')
    expect(received[0]?.headers).toMatchObject({ 'content-encoding': 'aes128gcm' })
    expect(received[0]?.headers.authorization).toMatch(
      new RegExp(`^vapid t=[\\w.-]+, ?k=${push.publicKey}$`),
    )
  })

  it('are not sent of brief, local or old outages, nor of the end of one nobody was told of', async () => {
    await enlist(browser())
    await outage({ minutesAgo: 4 })
    await outage({ local: true })
    await outage({ minutesAgo: 400 })
    await end(await outage())
    expect([await tell(), received.length]).toEqual([0, 0])
  })

  it('go to no more than six an hour for one browser', async () => {
    await enlist(browser())
    for (let count = 0; count < 8; count += 1) await outage({ minutesAgo: 10 + count })
    expect([await tell(), received.length]).toEqual([6, 6])
    test.clock.advance(61 * MINUTE_MS)
    await outage()
    expect(await tell()).toBe(1)
  })

  it('are told of every outage where more go on than are looked up at once', async () => {
    const { models } = test.deps
    const many = 510
    await outage()
    const [row] = await models.outages.find().lean()
    await models.outages.collection.deleteMany({})
    await models.outages.collection.insertMany(
      Array.from({ length: many }, (_, index) => ({ ...row, _id: `many.${index}` })) as never,
    )
    await tell()
    expect(await models.pushNotices.countDocuments()).toBe(many)
    await models.outages.updateMany({}, { $set: { ended_at: test.clock.now() } })
    await tell()
    expect(await models.pushNotices.countDocuments()).toBe(2 * many)
  })

  it('are sent by one instance at a time', async () => {
    await enlist(browser())
    await outage()
    const other = lease(test.deps, 'push', 'other')
    expect(await other.hold()).toBe(true)
    expect(await tell()).toBe(0)
    await other.release()
    expect(await tell()).toBe(1)
  })

  it.each([404, 410])('end for a browser whose push service answers %i', async (status) => {
    await enlist(browser())
    answerWith = status
    await outage()
    expect(await tell()).toBe(0)
    expect(await test.deps.models.pushSubscriptions.countDocuments()).toBe(0)
  })

  it.each([302, 429, 500])('keep a browser whose push service answers %i', async (status) => {
    await enlist(browser())
    answerWith = status
    await outage()
    expect([await tell(), received.length]).toEqual([0, 1])
    expect(await test.deps.models.pushSubscriptions.countDocuments()).toBe(1)
  })
})

describe('a subscription', () => {
  it.each([
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://localhost/x',
    'https://push.example.org.evil.example/x',
    'https://push.example.org:8443/x',
    'https://user@push.example.org/x',
    'https://evilpush.example.net/x',
    'http://push.example.org/x',
  ])('is refused for %s', async (endpoint) => {
    const { request } = browser()
    await expect(subscribe(test.deps, push, { ...request, endpoint })).rejects.toMatchObject({
      issues: [{ path: 'endpoint' }],
    })
  })

  it('is taken below a name with a star, and refused for an area nobody knows', async () => {
    const { request } = browser()
    const endpoint = 'https://eu.push.example.net/x'
    await subscribe(test.deps, push, { ...request, endpoint })
    await expect(
      subscribe(test.deps, push, { ...request, area_ids: ['in-xx'] }),
    ).rejects.toMatchObject({ code: 'unknown_area' })
  })

  it('holds its areas alone, and is gone when it is ended', async () => {
    const { request } = browser()
    await subscribe(test.deps, push, request)
    const { subscription_id } = await subscribe(test.deps, push, {
      ...request,
      area_ids: [ABOVE, ABOVE],
    })
    expect(subscription_id).toBe(createHash('sha256').update(request.endpoint).digest('hex'))
    const { models } = test.deps
    expect(await models.pushSubscriptions.find().lean()).toEqual([
      {
        _id: subscription_id,
        endpoint: request.endpoint,
        ...request.keys,
        area_ids: [ABOVE],
        language: 'en',
        told_at: [],
      },
    ])
    await unsubscribe(test.deps, subscription_id)
    expect(await models.pushSubscriptions.countDocuments()).toBe(0)
  })
})
