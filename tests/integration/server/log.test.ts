import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Problem } from '../../../shared/api/problem.ts'
import type { ComplaintFiled } from '../../../shared/api/complaints.ts'
import { TestDevice } from '../../device.ts'
import {
  ADMIN_TOKEN,
  enrol,
  eventually,
  get,
  postReadings,
  send,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { solved } from './complaint-desk.ts'
import { openModels } from './deps.ts'
import { invite, PASSWORD, Visitor } from './visitor.ts'

const AREA = 'in-br-patna'
const PLACE = { latitude: 25.594149, longitude: 85.137651 }
const OFFICIAL = { email: 'asha@example.org', role: 'official', areas: [AREA] }
const BROWSER = 'Janes own browser'
const ADDRESS = '203.0.113.77'
const REQUEST_ID = '0190a5c2-7d3e-7cc1-9f00-2b6b5a1f0e11'

const lineSchema = z.looseObject({
  level: z.enum(['debug', 'info', 'warn', 'error']),
  time: z.iso.datetime(),
  message: z.string(),
})
const requestSchema = z.strictObject({
  ...lineSchema.shape,
  message: z.literal('request'),
  request_id: z.uuid(),
  method: z.string(),
  route: z.string().regex(/^(?:\/|\(none\)$)/),
  status: z.int(),
  duration_ms: z.number(),
  left: z.literal(true).optional(),
  error: z.string().optional(),
  error_code: z.string().optional(),
  frames: z.array(z.string()).optional(),
})

let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>
beforeAll(async () => {
  const env = { NUXT_LOG_FORMAT: 'json', NUXT_PROXY_HOPS: '1' }
  test = await startTestPortal(env, { logFile: 'portal.log' })
  stored = await openModels(test.stack)
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

const logText = (): Promise<string> => readFile(join(test.dir, 'portal.log'), 'utf8')
const lines = async () =>
  (await logText())
    .trimEnd()
    .split('\n')
    .map((line) => lineSchema.parse(JSON.parse(line)))

/** The line of the request of this name. */
const lineOf = (requestId: string | null) =>
  eventually('a line of the request', async () => {
    const found = (await lines()).find((line) => line.request_id === requestId)
    return found && requestSchema.parse(found)
  })

describe('the log', () => {
  it('holds nothing about the person who filed a complaint, signed in or failed', async () => {
    const { body: challenge } = await get(test.url, '/api/v1/complaints/challenge')
    const words = 'Only my house is dark, since Monday'
    const headers = { 'x-forwarded-for': ADDRESS, 'user-agent': BROWSER }
    const filed = await send<ComplaintFiled>(
      test.url,
      'POST',
      '/api/v1/complaints',
      { kind: 'no_supply', ...PLACE, area_id: AREA, words, altcha: await solved(challenge) },
      headers,
    )
    expect(filed.status).toBe(422)
    await enrol(test.url, AREA, [new TestDevice('lane', PLACE)])
    const { body: again } = await get(test.url, '/api/v1/complaints/challenge')
    const { status, body } = await send<ComplaintFiled>(
      test.url,
      'POST',
      '/api/v1/complaints',
      { kind: 'no_supply', ...PLACE, area_id: AREA, words, altcha: await solved(again) },
      headers,
    )
    expect(status).toBe(201)
    await fetch(`${test.url}/api/v1/complaints/${body.complaint_id}?from=${words}`, {
      headers: { ...headers, authorization: `Bearer ${body.token}` },
    })
    await fetch(`${test.url}/complaints/${body.complaint_id}`, { headers })

    const { token } = await invite(test.url, OFFICIAL)
    const asha = new Visitor(test.url, ADDRESS)
    await asha.ask('POST', `invitations/${token}`, { password: PASSWORD })
    await asha.signIn(OFFICIAL.email)
    await asha.ask('POST', 'session', { email: OFFICIAL.email, password: `${PASSWORD}?` })
    const failed = await send(test.url, 'POST', '/api/v1/complaints', `{"name":"${words}`, headers)
    expect(failed.status).toBe(400)
    await lineOf(failed.headers.get('x-request-id'))

    const text = await logText()
    const personal = [
      ...[words, String(PLACE.latitude), body.complaint_id, body.token, ADDRESS, BROWSER],
      ...[OFFICIAL.email, 'Asha', PASSWORD, token, asha.cookie ?? 'no cookie', '127.0.0.1:'],
      ...['test browser', ADMIN_TOKEN, 'example.org'],
    ]
    // The portal says once where it listens.
    const told = text.replace(/^.*Listening on.*\n/m, '')
    expect(personal.filter((word) => told.includes(word))).toEqual([])
    const requests = (await lines()).filter(({ message }) => message === 'request')
    const routes = new Set(requests.map((line) => requestSchema.parse(line).route))
    expect([...routes]).toEqual(
      expect.arrayContaining([
        '/api/v1/complaints',
        '/api/v1/complaints/:complaintId',
        '/api/v1/invitations/:token',
        '/api/v1/session',
        '/**',
      ]),
    )
  })

  it('tells of a defect where it happened, and the reader only its name', async () => {
    await stored.models.batches.collection.insertOne({
      ...{ area_id: AREA, number: 900, state: 'final', size: 1, root: 'ab', previous_root: 'cd' },
      ...{ _id: `${AREA}/900` as never, sealed_at: 'Asha Devi, 12 Canal Road', is_marked: true },
    })
    const answer = await get<Problem>(test.url, `/api/v1/batches/${AREA}/900`)
    expect(answer.status).toBe(500)
    const requestId = answer.headers.get('x-request-id')
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      detail: 'the server failed on this request',
      code: 'internal',
      instance: `urn:uuid:${requestId}`,
    })
    expect(await lineOf(requestId)).toMatchObject({
      level: 'error',
      route: '/api/v1/batches/:areaId/:number',
      error: 'TypeError',
      frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
    })
    expect(await logText()).not.toContain('Canal Road')
    await stored.models.batches.collection.deleteOne({ _id: `${AREA}/900` as never })
  })

  it('names a request as the proxy did, and gives a name of its own for any other', async () => {
    const named = async (given: string) => {
      const response = await fetch(`${test.url}/api/v1/areas/nowhere`, {
        headers: { 'x-request-id': given },
      })
      const problem = (await response.json()) as Problem
      expect(problem.instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`)
      return response.headers.get('x-request-id')
    }
    expect(await named(REQUEST_ID)).toBe(REQUEST_ID)
    for (const given of ['asha@example.org', `${REQUEST_ID}0`, REQUEST_ID.toUpperCase(), '1']) {
      const made = await named(given)
      expect(made).toMatch(/^[0-9a-f-]{36}$/)
      expect(made).not.toBe(given)
    }
    expect(await lineOf(REQUEST_ID)).toMatchObject({ level: 'info', method: 'GET', status: 404 })
  })

  it('says nothing of readings that were taken: they are counted', async () => {
    const device = new TestDevice('counted', PLACE)
    await enrol(test.url, AREA, [device])
    const { status, headers } = await postReadings(test.url, device.read())
    expect(status).toBe(201)
    const refused = await postReadings(test.url, {})
    await lineOf(refused.headers.get('x-request-id'))
    expect(await logText()).not.toContain(headers.get('x-request-id') ?? '')
  })
})
