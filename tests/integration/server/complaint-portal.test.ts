import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { QueuedComplaint } from '../../../shared/api/complaint-admin.ts'
import {
  complaintRulesSchema,
  complaintSchema,
  complaintsSchema,
  complaintStatisticsSchema,
  complaintSummarySchema,
  nearbySchema,
  type ComplaintFiled,
  type ComplaintStepAnswer,
} from '../../../shared/api/complaints.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { standingOf } from '../../../shared/complaint/index.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import {
  ipfsGateway,
  isFullyProved,
  rpcChain,
  verifyProof,
} from '../../../shared/verification/index.ts'
import { TestDevice } from '../../device.ts'
import {
  asAdmin,
  enrol,
  eventually,
  get,
  postReadings,
  send,
  startTestPortal,
  type Answer,
  type TestPortal,
} from '../../portal.ts'
import { gridwitness } from '../cli/session.ts'
import { solved } from './complaint-desk.ts'

const AREA = 'in-br-patna'
const PLACE = { latitude: 25.594149, longitude: 85.137651 }
const APP_KEY = 'key-of-the-city-app-0123456789abcdef'
const WORDS = 'The whole lane is dark'

let test: TestPortal
beforeAll(async () => {
  test = await startTestPortal({
    NUXT_OPEN311_KEYS: APP_KEY,
    NUXT_ADDRESS_COMPLAINTS_PER_HOUR: '0',
    NUXT_COMPLAINT_RETENTION_DAYS: '90',
  })
  const device = new TestDevice('lane', PLACE)
  await enrol(test.url, AREA, [device])
  await postReadings(test.url, [device.read({ power_status: 'OFF', reason: 'change' })])
})
afterAll(() => test?.stop())

const API = '/api/v1/complaints'
const post = <T>(path: string, body: unknown, headers: Record<string, string> = {}) =>
  send<T>(test.url, 'POST', path, body, headers)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function workDone(): Promise<string> {
  const { status, headers, body } = await get(test.url, `${API}/challenge`)
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
  return solved(body)
}

const file = async <T = ComplaintFiled>(members: object = {}): Promise<Answer<T>> =>
  post<T>(API, {
    kind: 'no_supply',
    ...PLACE,
    area_id: AREA,
    altcha: await workDone(),
    ...members,
  })

async function filed(members: object = {}): Promise<ComplaintFiled> {
  const { status, body } = await file(members)
  if (status !== 201) throw new Error(`expected 201, got ${status} ${JSON.stringify(body)}`)
  return body
}

async function asRead(id: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${test.url}${API}/${id}`, { headers })
  return { response, complaint: complaintSchema.parse(await response.json()) }
}

const act = (id: string, step: object) =>
  post<Partial<Pick<ComplaintStepAnswer, 'status'> & Pick<Problem, 'code'>>>(
    `/api/v1/admin/complaints/${id}/actions`,
    step,
    asAdmin,
  )

describe('a citizen over HTTP', () => {
  it('finds the rules complaints go by, on the page about privacy too', async () => {
    const rules = complaintRulesSchema.parse((await get(test.url, `${API}/rules`)).body)
    expect(rules).toMatchObject({ retention_days: 90, clock_hours: { fuse_off: { urban: 4 } } })
    const english = await (await fetch(`${test.url}/privacy`)).text()
    expect(english).toContain('erased 90 days after the complaint is closed')
    expect(await (await fetch(`${test.url}/hi/privacy`)).text()).toContain('बंद होने के 90 दिन बाद')
  })

  it('files, follows by the secret link, and is told by nobody else', async () => {
    const { complaint_id, token } = await filed({ words: WORDS })
    const own = await asRead(complaint_id, bearer(token))
    expect(own.complaint.disclosed.map(({ value }) => value)).toContain(WORDS)
    expect(own.response.headers.get('cache-control')).toBe('no-store')
    const anyone = await asRead(complaint_id)
    expect(anyone.complaint).toMatchObject({ disclosed: [], latitude: 25.594, longitude: 85.138 })
    expect(JSON.stringify(anyone.complaint)).not.toContain('85.1376')
    expect(anyone.complaint.sensors).toMatchObject({ off: 1 })
  })

  it('is refused with a wrong secret, with none, with another complaint’s, all alike', async () => {
    const mine = await filed({ words: WORDS })
    const other = await filed()
    const path = `${API}/${mine.complaint_id}`
    for (const call of ['comments', 'dispute', 'redact', 'photos']) {
      const none = await post<Problem>(`${path}/${call}`, { words: 'x' })
      expect([none.status, none.body.code], call).toEqual([401, 'unauthorised'])
    }
    for (const token of [other.token, 'a'.repeat(43), 'short']) {
      for (const call of ['comments', 'dispute', 'redact']) {
        const { status, body } = await post<Problem>(
          `${path}/${call}`,
          { words: 'x' },
          bearer(token),
        )
        expect([status, body.code], call).toEqual([403, 'forbidden'])
      }
      const read = await fetch(`${test.url}${path}`, { headers: bearer(token) })
      expect(read.status).toBe(403)
    }
    const { status } = await get(test.url, `${API}/c-aaaaaaaaaaaaaaaa`)
    expect(status).toBe(404)
    expect((await get(test.url, `${API}/1`)).status).toBe(400)
  })

  it('is told what is wrong with a complaint, and may try again with the same work', async () => {
    const altcha = await workDone()
    const wrong: [object, number, string][] = [
      [{ altcha, kind: 'billing' }, 422, 'another_office'],
      [{ altcha, kind: 'noise' }, 400, 'malformed'],
      [{ altcha, area_id: undefined }, 422, 'unknown_area'],
      [{ altcha, words: 'x'.repeat(2001) }, 400, 'malformed'],
      [{ altcha, name: 'Asha' }, 400, 'malformed'],
      [{ altcha: 'e30' }, 422, 'challenge_unsolved'],
    ]
    for (const [members, status, code] of wrong) {
      const answer = await file<Problem>(members)
      expect([answer.status, answer.body.code]).toEqual([status, code])
    }
    expect((await file({ altcha })).status).toBe(201)
    const again = await file<Problem>({ altcha })
    expect([again.status, again.body.code]).toEqual([409, 'challenge_used'])
  })

  it('sends again under its key what got no answer, and has filed one complaint', async () => {
    const body = { kind: 'no_supply', ...PLACE, area_id: AREA, words: WORDS }
    const send = async (key: string, members = {}) =>
      post<ComplaintFiled & Problem>(
        API,
        { ...body, ...members, altcha: await workDone() },
        { 'idempotency-key': key },
      )
    const key = `"${'k'.repeat(43)}"`
    const [first, second] = [await send(key), await send(key)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.complaint_id).toBe(first.body.complaint_id)
    expect(second.body.token).toBe(first.body.token)
    const other = await send(key, { words: 'Something else' })
    expect([other.status, other.body.code]).toEqual([422, 'key_reused'])
    const unquoted = await send('k'.repeat(43))
    expect([unquoted.status, unquoted.body.code]).toEqual([400, 'malformed'])
  })

  it('finds what is near, joins it, and adds a photo', async () => {
    const { complaint_id } = await filed()
    const { body } = await get(
      test.url,
      `${API}/nearby?latitude=${PLACE.latitude}&longitude=${PLACE.longitude}`,
    )
    const near = nearbySchema.parse(body)
    expect(near.complaints.map((found) => found.complaint_id)).toContain(complaint_id)
    expect(near.sensors).toMatchObject({ off: 1 })
    const joined = await post<ComplaintFiled>(`${API}/${complaint_id}/join`, {
      altcha: await workDone(),
    })
    expect(joined.status).toBe(201)
    const photo = await sharp({
      create: { width: 30, height: 20, channels: 3, background: '#123' },
    })
      .png()
      .toBuffer()
    const path = `${test.url}${API}/${complaint_id}/photos`
    const headers = bearer(joined.body.token)
    const sent = (type: string) =>
      fetch(path, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: new Uint8Array(photo),
      })
    expect((await sent('image/svg+xml')).status).toBe(415)
    expect((await sent('image/png')).status).toBe(201)
    const { complaint } = await asRead(complaint_id, headers)
    expect(complaint).toMatchObject({ affected: 2, photos: 1 })
    const commitment = complaint.disclosed.find(({ name }) => name === 'photo')?.commitment
    const back = await fetch(`${path}/${commitment}`, { headers })
    expect([back.status, back.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect((await sharp(await back.arrayBuffer()).metadata()).width).toBe(30)
    expect((await fetch(`${path}/${commitment}`)).status).toBe(401)
  })

  it('reads lists and statistics of an area', async () => {
    const list = await get(test.url, `${API}?area_id=${AREA}&status=open&limit=2`)
    expect(complaintsSchema.parse(list.body).items.length).toBe(2)
    expect((await get(test.url, `${API}?colour=red`)).status).toBe(400)
    const { body } = await get(test.url, `/api/v1/areas/${AREA}/complaints/statistics`)
    expect(complaintStatisticsSchema.parse(body).filed).toBeGreaterThan(2)
    expect((await get(test.url, '/api/v1/areas/nowhere/complaints/statistics')).status).toBe(404)
  })

  it('hears of a complaint as it is filed and changed', async () => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const response = await fetch(`${test.url}/api/v1/events?area_id=${AREA}`, {
      signal: stop.signal,
    })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const { complaint_id } = await filed()
    let text = ''
    while (reader && !text.includes(complaint_id)) text += (await reader.read()).value ?? ''
    const [, data = ''] =
      /event: complaint\n.*?data: (\{[^\n]*)/s.exec(
        text.slice(text.lastIndexOf('event: complaint')),
      ) ?? []
    expect(complaintSummarySchema.parse(JSON.parse(data)).complaint_id).toBe(complaint_id)
    expect(text).not.toContain('secrets')
  })
})

describe('an official over HTTP', () => {
  it('needs to be one', async () => {
    const { complaint_id, token } = await filed()
    const paths = [`/${complaint_id}/actions`, '/actions']
    for (const path of paths) {
      for (const headers of [{}, bearer(token)]) {
        const { status } = await post(`/api/v1/admin/complaints${path}`, {}, headers)
        expect(status, path).toBe(401)
      }
    }
    for (const path of ['', `/${complaint_id}`])
      expect((await get(test.url, `/api/v1/admin/complaints${path}`)).status).toBe(401)
  })

  it('works through the queue; a false closing is marked in public', async () => {
    const { complaint_id, token } = await filed({ words: WORDS })
    const queue = await fetch(`${test.url}/api/v1/admin/complaints?order=severity`, {
      headers: asAdmin,
    })
    const { items }: { items: QueuedComplaint[] } = await queue.json()
    const queued = items.find((item) => item.complaint_id === complaint_id)
    expect(queued?.sensors).toMatchObject({ off: 1, within_m: 250 })
    expect((await act(complaint_id, { action: 'acknowledge' })).body.status).toBe('acknowledged')
    expect((await act(complaint_id, { action: 'assign', team: 'Mr Sharma' })).status).toBe(400)
    expect((await act(complaint_id, { action: 'resolve' })).body.status).toBe('resolved')
    expect((await act(complaint_id, { action: 'resolve' })).body.code).toBe('complaint_conflict')
    expect((await asRead(complaint_id)).complaint.contradicted_by).toHaveLength(1)
    const path = `${API}/${complaint_id}/dispute`
    expect((await post(path, { words: 'Still dark' }, bearer(token))).status).toBe(201)
    const read = await fetch(`${test.url}/api/v1/admin/complaints/${complaint_id}`, {
      headers: asAdmin,
    })
    const { disclosed } = complaintSchema.parse(await read.json())
    expect(disclosed.map(({ value }) => value)).toEqual(
      expect.arrayContaining([WORDS, 'Still dark', '25.594149,85.137651']),
    )
  })
})

describe('Open311', () => {
  const form = (fields: Record<string, string>) => ({
    method: 'POST',
    body: new URLSearchParams({
      service_code: 'hazard',
      lat: '25.594149',
      long: '85.137651',
      ...fields,
    }),
  })
  const open311 = (path: string, init?: RequestInit) =>
    fetch(`${test.url}/open311/v2/${path}`, init)

  it('tells what there is, in JSON and XML', async () => {
    for (const path of ['discovery', 'services', 'services/hazard', 'requests']) {
      const json = await open311(`${path}.json`)
      expect([json.status, json.headers.get('content-type')], path).toEqual([
        200,
        'application/json; charset=utf-8',
      ])
      const xml = await open311(`${path}.xml`)
      expect(xml.headers.get('content-type')).toBe('text/xml; charset=utf-8')
      expect(await xml.text()).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?><\w+>/)
    }
    const services = await (await open311('services.xml')).text()
    expect(services).toMatch(/<services><service><service_code>no_supply<\/service_code>/)
    const discovery = await (await open311('discovery.xml')).text()
    expect(discovery).toContain('<formats><format>text/xml</format>')
  })

  it('files by an app’s key or by work, and reads back without what is personal', async () => {
    // No outline holds the place: the area must be drawn first.
    const ring = [
      [85, 25],
      [86, 25],
      [86, 26],
      [85, 26],
      [85, 25],
    ]
    const area = { name: AREA, kind: 'district', parent_id: null }
    const geometry = { type: 'Polygon', coordinates: [ring] }
    await send(test.url, 'PUT', `/api/v1/admin/areas/${AREA}`, { ...area, geometry }, asAdmin)
    const sent = await open311('requests.json', form({ api_key: APP_KEY, description: WORDS }))
    const [{ service_request_id = '' } = {}]: { service_request_id?: string }[] = await sent.json()
    expect([sent.status, service_request_id]).toEqual([201, expect.stringMatching(/^c-/)])
    const altcha = await workDone()
    const byWork = await open311('requests.xml', form({ altcha, email: 'asha@example.org' }))
    expect(await byWork.text()).toMatch(/<service_request_id>c-[a-z2-7]{16}</)
    const read = await open311(`requests/${service_request_id}.json`)
    expect(await read.json()).toMatchObject([
      { service_request_id, status: 'open', service_code: 'hazard', lat: 25.594, long: 85.138 },
    ])
    const listed = await (await open311('requests.json?service_code=hazard&status=open')).text()
    expect(listed).toContain(service_request_id)
    expect(listed).not.toMatch(/dark|asha|85\.1376/)
    const token = await open311(`tokens/${service_request_id}.json`)
    expect(await token.json()).toEqual([{ service_request_id, token: service_request_id }])
  })

  it('refuses in its own form', async () => {
    const wrong: [string, RequestInit | undefined, number][] = [
      ['requests.json', form({ api_key: 'wrong' }), 403],
      ['requests.json', form({}), 422],
      ['requests.json', form({ api_key: APP_KEY, service_code: 'potholes' }), 404],
      ['requests.json', form({ api_key: APP_KEY, first_name: 'Asha' }), 400],
      ['requests.json', form({ api_key: APP_KEY, lat: 'north' }), 400],
      ['requests/c-aaaaaaaaaaaaaaaa.json', undefined, 404],
      ['requests.json?status=lost', undefined, 400],
      ['services/potholes.json', undefined, 404],
    ]
    for (const [path, init, status] of wrong) {
      const answer = await open311(path, init)
      expect([path, answer.status]).toEqual([path, status])
      expect(await answer.json()).toEqual([{ code: status, description: expect.any(String) }])
    }
    const xml = await open311('requests.xml?status=lost')
    expect(await xml.text()).toMatch(/<errors><error><code>400<\/code><description>/)
  })
})

describe('the ledger after an erasure', () => {
  it('proves every event of a complaint, and holds from end to end', async () => {
    const { complaint_id, token } = await filed({ words: WORDS, contact: 'asha@example.org' })
    await act(complaint_id, { action: 'resolve', note: 'Fuse replaced' })
    expect((await post(`${API}/${complaint_id}/redact`, {}, bearer(token))).status).toBe(200)
    const { complaint } = await asRead(complaint_id, bearer(token))
    expect(complaint.disclosed.map(({ value }) => value)).toEqual(['Fuse replaced'])
    const sources = {
      chain: rpcChain({ rpcUrl: test.stack.rpcUrl, contract: test.stack.contract }),
      ipfs: ipfsGateway({ gatewayUrl: test.url }),
    }
    const records = []
    for (const { proof_url, leaf_hash } of complaint.events) {
      const bundle = await eventually(`a proof of ${leaf_hash}`, async () => {
        const answer = await get<{ record: unknown }>(test.url, proof_url)
        return answer.status === 200 && answer.body
      })
      expect(isFullyProved(await verifyProof(bundle, sources))).toBe(true)
      const record = parseRecord(bundle.record)
      if (record.type === 'complaint_event') records.push(record)
    }
    expect(standingOf(records)).toMatchObject({ status: 'resolved', n: 2 })
    const audit = await gridwitness([
      ...['audit', '--area', AREA, '--rpc', test.stack.rpcUrl, '--ipfs', test.url],
      ...['--deployments', test.stack.deploymentsDir],
    ])
    expect([audit.code, audit.stderr]).toEqual([0, expect.any(String)])
  })
})
