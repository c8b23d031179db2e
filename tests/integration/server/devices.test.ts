import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decideEvent } from '../../../server/services/device/record-device-event.ts'
import { deviceSchema, type Device, type Enrolled } from '../../../shared/api/devices.ts'
import type { RecordPlace } from '../../../shared/api/ledger.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import type { Acceptance } from '../../../shared/api/readings.ts'
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
  send,
  startTestPortal,
  type Answer,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'

const AREA = 'in-br-nalanda'
let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>

beforeAll(async () => {
  test = await startTestPortal()
  stored = await openModels(test.stack)
  await enrol(test.url, AREA, [new TestDevice('first')])
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
})

const postEnrolment = <T = Enrolled>(body: unknown, headers: Record<string, string> = asAdmin) =>
  send<T>(test.url, 'POST', '/api/v1/admin/devices', body, headers)

const postEvent = <T = Enrolled>(
  { facts }: TestDevice,
  event: Record<string, unknown>,
  headers: Record<string, string> = asAdmin,
): Promise<Answer<T>> =>
  send<T>(
    test.url,
    'POST',
    `/api/v1/admin/devices/${facts.device_id}/events`,
    { reason: 'element replaced in the field', ...event },
    headers,
  )

const describeDevice = async ({ facts }: TestDevice): Promise<Device> => {
  const { body } = await get(test.url, `/api/v1/devices/${facts.device_id}`)
  return deviceSchema.parse(body)
}

async function accept(device: TestDevice): Promise<string> {
  const { status, body } = await send<Acceptance>(
    test.url,
    'POST',
    '/api/v1/readings',
    device.read(),
  )
  if (status !== 201 || body.status === 'rejected')
    throw new Error(`expected 201, got ${status} ${JSON.stringify(body)}`)
  return body.leaf_hash
}

/** Waits until the record is anchored, then has a stranger check its proof whole. */
async function isProved(leafHash: string): Promise<boolean> {
  const bundle = await eventually('a proof', async () => {
    const answer = await get<object>(test.url, `/api/v1/records/${leafHash}/proof`)
    return answer.status === 200 && answer.body
  })
  const evidence = await verifyProof(bundle, {
    chain: rpcChain({ rpcUrl: test.stack.rpcUrl, contract: test.stack.contract }),
    ipfs: ipfsGateway({ gatewayUrl: test.url }),
  })
  return isFullyProved(evidence)
}

describe.concurrent('enrolling a device', () => {
  it('makes a device_event record in the ledger, with a proof', async () => {
    const device = new TestDevice('enrolled')
    const { status, body } = await postEnrolment({ area_id: AREA, device: device.facts })
    expect([status, body.status]).toEqual([201, 'enrolled'])
    const { body: place } = await get<RecordPlace>(test.url, `/api/v1/records/${body.leaf_hash}`)
    expect(place.record).toMatchObject({
      type: 'device_event',
      event: 'enrolled',
      area_id: AREA,
      device: { ...device.facts },
    })
    expect(await isProved(body.leaf_hash)).toBe(true)
  })

  it('twice with the same facts changes nothing', async () => {
    const enrolment = { area_id: AREA, device: new TestDevice('twice').facts }
    const first = await postEnrolment(enrolment)
    const second = await postEnrolment(enrolment)
    expect([second.status, second.body.status]).toEqual([200, 'already_enrolled'])
    expect(second.body.leaf_hash).toBe(first.body.leaf_hash)
    expect(
      await stored.models.records.countDocuments({ device_id: enrolment.device.device_id }),
    ).toBe(1)
  })

  it('is done once, however many ask for it at once', async () => {
    const enrolment = { area_id: AREA, device: new TestDevice('at once').facts }
    const answers = await Promise.all(Array.from({ length: 20 }, () => postEnrolment(enrolment)))
    expect(new Set(answers.map(({ body }) => body.leaf_hash)).size).toBe(1)
    expect(
      await stored.models.records.countDocuments({ device_id: enrolment.device.device_id }),
    ).toBe(1)
  })

  it('with another key is refused 409, and the old key goes on to count', async () => {
    const device = new TestDevice('same name')
    await enrol(test.url, AREA, [device])
    const usurper = new TestDevice('same name')
    const answer = await postEnrolment<Problem>({ area_id: AREA, device: usurper.facts })
    expect([answer.status, answer.body.code]).toEqual([409, 'key_conflict'])
    expect((await describeDevice(device)).facts.public_key).toBe(device.facts.public_key)
    await accept(device)
  })

  it('with other facts is refused 409', async () => {
    const device = new TestDevice('bigger')
    await enrol(test.url, AREA, [device])
    const answer = await postEnrolment<Problem>({
      area_id: AREA,
      device: { ...device.facts, customers_served: 4_000 },
    })
    expect([answer.status, answer.body.code]).toEqual([409, 'device_conflict'])
  })

  it('with another one refused enrols neither of them', async () => {
    const known = new TestDevice('known')
    await enrol(test.url, AREA, [known])
    const fresh = new TestDevice('fresh')
    const twin = new TestDevice('fresh')
    for (const other of [new TestDevice('known'), twin]) {
      const answer = await postEnrolment<Problem>([
        { area_id: AREA, device: fresh.facts },
        { area_id: AREA, device: other.facts },
      ])
      expect(answer.status).toBe(409)
      expect((await get(test.url, `/api/v1/devices/${fresh.facts.device_id}`)).status).toBe(404)
    }
  })

  it('in an area nobody knows is refused 422', async () => {
    const answer = await postEnrolment<Problem>({
      area_id: 'atlantis',
      device: new TestDevice('lost').facts,
    })
    expect([answer.status, answer.body.code]).toEqual([422, 'unknown_area'])
  })

  it.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['a wrong token', { authorization: `Bearer ${'0'.repeat(48)}` }],
    ['another scheme', { authorization: asAdmin.authorization.replace('Bearer', 'Basic') }],
  ])('with %s is refused 401, before the body is looked at', async (_, headers) => {
    const answer = await postEnrolment<Problem>('not even JSON', headers)
    expect([answer.status, answer.body.code]).toEqual([401, 'unauthorised'])
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })
})

describe.concurrent('a device whose key is rotated', () => {
  it('is heard under the new key only; readings of before and after are both proved', async () => {
    const device = new TestDevice('rotated')
    await enrol(test.url, AREA, [device])
    const before = await accept(device)
    const successor = new TestDevice('rotated')
    const { status, body } = await postEvent(device, {
      event: 'key_rotated',
      public_key: successor.facts.public_key,
    })
    expect([status, body.status]).toEqual([201, 'recorded'])
    const refused = await send<Problem>(test.url, 'POST', '/api/v1/readings', device.read())
    expect([refused.status, refused.body.code]).toEqual([401, 'bad_signature'])
    // Numbers go on where the old key left off, so that none is used twice.
    successor.read()
    successor.read()
    const after = await accept(successor)

    const { body: place } = await get<RecordPlace>(test.url, `/api/v1/records/${body.leaf_hash}`)
    expect(place.record).toMatchObject({
      event: 'key_rotated',
      reason: 'element replaced in the field (approved by admin)',
    })
    expect(await Promise.all([before, after, body.leaf_hash].map(isProved))).toEqual([
      true,
      true,
      true,
    ])
  })

  it.each([
    ['no key', {}],
    ['the key it has', 'same'],
    ['a place as well', { public_key: new TestDevice('x').facts.public_key, latitude: 1 }],
    ['no reason', { public_key: new TestDevice('x').facts.public_key, reason: '' }],
    [
      'an approver of its own',
      { public_key: new TestDevice('x').facts.public_key, approved_by: 'jane' },
    ],
  ])('with %s is refused 400', async (_, members) => {
    const device = new TestDevice('not rotated')
    await send(
      test.url,
      'POST',
      '/api/v1/admin/devices',
      [{ area_id: AREA, device: device.facts }],
      asAdmin,
    )
    const { facts } = await describeDevice(device)
    const given = typeof members === 'string' ? { public_key: facts.public_key } : members
    const answer = await postEvent<Problem>(device, { event: 'key_rotated', ...given })
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed'])
  })
})

describe.concurrent('a suspended device', () => {
  it('stays suspended through a new key, and is heard again once resumed', async () => {
    const device = new TestDevice('suspended')
    await enrol(test.url, AREA, [device])
    expect((await postEvent(device, { event: 'suspended' })).status).toBe(201)
    const successor = new TestDevice('suspended')
    const { public_key } = successor.facts
    expect((await postEvent(device, { event: 'key_rotated', public_key })).status).toBe(201)
    expect((await describeDevice(device)).status).toBe('suspended')
    const refused = await send<Problem>(test.url, 'POST', '/api/v1/readings', successor.read())
    expect(refused.body.code).toBe('suspended_device')
    expect((await postEvent(device, { event: 'resumed' })).status).toBe(201)
    expect(await isProved(await accept(successor))).toBe(true)
    expect((await describeDevice(device)).history.map(({ event }) => event)).toEqual([
      'enrolled',
      'suspended',
      'key_rotated',
      'resumed',
    ])
  })

  it('cannot be suspended again', async () => {
    const device = new TestDevice('twice suspended')
    await enrol(test.url, AREA, [device])
    await postEvent(device, { event: 'suspended' })
    const answer = await postEvent<Problem>(device, { event: 'suspended' })
    expect([answer.status, answer.body.code]).toEqual([409, 'device_conflict'])
  })
})

describe.concurrent('readings that come while their device is changed', () => {
  it('are dated on the side of the event on which they were judged', async () => {
    const device = new TestDevice('busy')
    await enrol(test.url, AREA, [device])
    const until = { isOver: false }
    const posting = Array.from({ length: 4 }, async () => {
      const statuses: number[] = []
      while (!until.isOver) {
        const answer = await send(test.url, 'POST', '/api/v1/readings', device.read())
        statuses.push(answer.status)
      }
      return statuses
    })
    for (let round = 0; round < 8; round += 1) {
      expect((await postEvent(device, { event: 'suspended' })).status).toBe(201)
      expect((await postEvent(device, { event: 'resumed' })).status).toBe(201)
    }
    until.isOver = true
    const statuses = new Set((await Promise.all(posting)).flat())
    expect([...statuses].filter((status) => ![201, 403, 503].includes(status))).toEqual([])

    const { history } = await describeDevice(device)
    const stops = history.flatMap(({ event, at }, index) =>
      event === 'suspended' ? [{ from: at, to: history[index + 1]?.at ?? '' }] : [],
    )
    const rows = await stored.models.records
      .find({ device_id: device.facts.device_id, type: 'reading' })
      .lean()
    expect(rows.length).toBeGreaterThan(0)
    const received = rows.map(({ ordered_at }) => ordered_at.toISOString())
    expect(received.filter((at) => stops.some(({ from, to }) => at >= from && at < to))).toEqual([])
  })
})

describe.concurrent('a revoked device', () => {
  it('never comes back', async () => {
    const device = new TestDevice('revoked')
    await enrol(test.url, AREA, [device])
    expect((await postEvent(device, { event: 'revoked' })).status).toBe(201)
    const refused = await send<Problem>(test.url, 'POST', '/api/v1/readings', device.read())
    expect([refused.status, refused.body.code]).toEqual([403, 'suspended_device'])
    for (const event of ['resumed', 'suspended', 'revoked', 'moved']) {
      expect((await postEvent<Problem>(device, { event })).status).toBe(409)
    }
    expect((await describeDevice(device)).status).toBe('revoked')
  })
})

const ELSEWHERE = 'in-br-jehanabad'

/** Events of a device as each area's ledger tells them. */
async function toldIn(device: TestDevice, area: string): Promise<unknown[]> {
  const rows = await stored.models.records
    .find({ type: 'device_event', device_id: device.facts.device_id, area_id: area })
    .sort({ ordered_at: 1 })
    .lean()
  return rows.map(({ body }) => Reflect.get(JSON.parse(body ?? ''), 'event'))
}

describe.concurrent('a device moved to another area', () => {
  const away = { event: 'moved', area_id: ELSEWHERE, latitude: 25.2, longitude: 84.98 }
  const back = { event: 'moved', area_id: AREA, latitude: 25.1, longitude: 85.4 }

  beforeAll(() => enrol(test.url, ELSEWHERE, [new TestDevice('neighbour')]))

  it('stops in the old one and is enrolled in the new one; all its readings are proved', async () => {
    const device = new TestDevice('moved')
    await enrol(test.url, AREA, [device])
    const before = await accept(device)
    const answer = await postEvent(device, away)
    expect(answer.status).toBe(201)
    const after = await accept(device)
    expect((await postEvent(device, back)).status).toBe(201)
    const again = await accept(device)
    expect(await toldIn(device, AREA)).toEqual(['enrolled', 'suspended', 'enrolled'])
    expect(await toldIn(device, ELSEWHERE)).toEqual(['enrolled', 'suspended'])
    expect(await describeDevice(device)).toMatchObject({
      area_id: AREA,
      status: 'active',
      facts: { latitude: 25.1 },
    })
    const { body: place } = await get<RecordPlace>(
      test.url,
      `/api/v1/records/${answer.body.leaf_hash}`,
    )
    expect(place.record).toMatchObject({ event: 'enrolled', area_id: ELSEWHERE })
    expect(await Promise.all([before, after, again].map(isProved))).toEqual([true, true, true])
  })

  it('stays suspended through it, in both areas, until it is resumed', async () => {
    const device = new TestDevice('moved while suspended')
    await enrol(test.url, AREA, [device])
    await postEvent(device, { event: 'suspended' })
    expect((await postEvent(device, away)).status).toBe(201)
    expect(await toldIn(device, AREA)).toEqual(['enrolled', 'suspended'])
    expect(await toldIn(device, ELSEWHERE)).toEqual(['enrolled', 'suspended'])
    const refused = await send<Problem>(test.url, 'POST', '/api/v1/readings', device.read())
    expect(refused.body.code).toBe('suspended_device')
    expect((await postEvent(device, { event: 'resumed' })).status).toBe(201)
    expect((await postEvent(device, back)).status).toBe(201)
    expect(await isProved(await accept(device))).toBe(true)
  })

  it('is moved by one record where the area stays the same', async () => {
    const device = new TestDevice('moved nearby')
    await enrol(test.url, AREA, [device])
    expect((await postEvent(device, { ...back, latitude: 25.12 })).status).toBe(201)
    expect(await toldIn(device, AREA)).toEqual(['enrolled', 'moved'])
    expect(await isProved(await accept(device))).toBe(true)
  })

  it('is told in both by whoever looks next, when the portal dies before it is told in any', async () => {
    const device = new TestDevice('interrupted on its way')
    await enrol(test.url, AREA, [device])
    const at = Date.now()
    const [leaves, arrives] = [
      decideEvent(new Date(at + 1), { area_id: AREA, device: device.facts, event: 'suspended' }),
      decideEvent(new Date(at + 2), {
        area_id: ELSEWHERE,
        device: device.facts,
        event: 'enrolled',
      }),
    ]
    await stored.models.devices.updateOne(
      { _id: device.facts.device_id },
      { $set: { latest_event: arrives.leafHash, pending_event: [leaves.body, arrives.body] } },
    )
    const looks = await Promise.all(Array.from({ length: 5 }, () => describeDevice(device)))
    for (const { area_id, status, history } of looks) {
      expect([area_id, status]).toEqual([ELSEWHERE, 'active'])
      expect(history.map(({ event }) => event)).toEqual(['enrolled', 'suspended', 'enrolled'])
    }
    expect(await isProved(await accept(device))).toBe(true)
  })
})

describe.concurrent('an event that is decided and not yet recorded when the portal dies', () => {
  it('is finished by whoever looks at the device next, exactly once', async () => {
    const device = new TestDevice('interrupted')
    await enrol(test.url, AREA, [device])
    // As the row stands between the decision and the record.
    const decided = decideEvent(new Date(), {
      area_id: AREA,
      device: device.facts,
      event: 'suspended',
      reason: 'a test',
    })
    await stored.models.devices.updateOne(
      { _id: device.facts.device_id },
      {
        $set: {
          status: 'suspended',
          latest_event: decided.leafHash,
          pending_event: [decided.body],
        },
      },
    )
    const looks = Array.from({ length: 5 }, () => describeDevice(device))
    for (const { status, history } of await Promise.all(looks)) {
      expect(status).toBe('suspended')
      expect(history.map(({ leaf_hash }) => leaf_hash)).toContain(decided.leafHash)
    }
    expect(
      await stored.models.records.countDocuments({
        device_id: device.facts.device_id,
        type: 'device_event',
      }),
    ).toBe(2)
    expect(await isProved(decided.leafHash)).toBe(true)
  })
})
