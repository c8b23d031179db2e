import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AdminDevice } from '../../../shared/api/administration.ts'
import type { AreaRequest } from '../../../shared/api/devices.ts'
import { describeLedgerForAdmin } from '../../../server/services/ledger/administer-ledger.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Actions } from '../../../shared/api/accounts.ts'
import type { Problem } from '../../../shared/api/problem.ts'
import { openAccountDesk, type AccountDesk } from './account-desk.ts'
import { complaintDesk } from './deps.ts'
import { join, setUpTotp, type Visitor } from './visitor.ts'

interface Devices {
  items: AdminDevice[]
  next: string | null
}

const HEARTBEAT_MS = 900_000
const NEAR = 60_000
const HASH = 'ab'.repeat(32)

let desk: AccountDesk
let admin: Visitor
beforeAll(async () => {
  desk = await openAccountDesk()
  admin = await join(desk.url, { email: 'admin@example.org', role: 'admin' })
  await setUpTotp(admin, desk.clock)
  const now = desk.clock.now().getTime()
  const heard = (agoMs: number, power_status = 'ON') => ({
    ...{ seq: 1, power_status, leaf_hash: HASH, received_at: new Date(now - agoMs) },
    ...{ timestamp: '2026-01-01T00:00:00Z', since: '2026-01-01T00:00:00Z' },
  })
  const known = [
    { _id: 'A1', area_id: 'patna', status: 'active', last: heard(NEAR) },
    { _id: 'A2', area_id: 'patna', status: 'active', last: heard(5 * HEARTBEAT_MS) },
    { _id: 'B1', area_id: 'gaya', status: 'active', last: null },
    { _id: 'B2', area_id: 'gaya', status: 'suspended', last: heard(NEAR) },
    { _id: 'C1', area_id: 'gaya', status: 'active', last: heard(9 * HEARTBEAT_MS, 'OFF') },
    { _id: 'D1', area_id: 'gaya', status: 'entering', last: null },
  ]
  await desk.models.devices.insertMany(
    known.map((device) => ({
      ...{ public_key: '04', stage: 'street', customers_served: 7, latest_event: HASH },
      ...{ enrolment: { leaf_hash: HASH, area_id: device.area_id } },
      ...{ enrolled_at: new Date(now), latest_event_at: new Date(now) },
      ...device,
    })),
  )
  const gap = { device_id: 'A1', kind: 'gap', from_at: null, to_at: null }
  await desk.models.deviceBreaks.insertMany([
    { ...gap, _id: 'A1:gap:4', first_seq: 3, last_seq: 4 },
    { ...gap, _id: 'A1:gap:9', first_seq: 8, last_seq: 9 },
    { ...gap, _id: 'A2:off:1', device_id: 'A2', kind: 'off', first_seq: 1, last_seq: 2 },
  ])
  await desk.models.equivocations.create({
    ...{ _id: HASH, device_id: 'B2', seq: 1, received_at: new Date(now), body: '{}' },
  })
})
afterAll(() => desk?.stop())

const idsOf = async (query: string) => {
  const { status, body } = await admin.ask<Devices>('GET', `admin/devices?${query}`)
  expect(status).toBe(200)
  return body.items.map(({ device_id }) => device_id)
}

it('lists devices by their ids, page by page, without those that are still entering', async () => {
  const { body } = await admin.ask<Devices>('GET', 'admin/devices?limit=2')
  expect(body.items.map(({ device_id }) => device_id)).toEqual(['A1', 'A2'])
  expect(await idsOf(`limit=9&cursor=${body.next}`)).toEqual(['B1', 'B2', 'C1'])
})

it('narrows them to an area, the beginning of an id, and what needs a look', async () => {
  expect(await idsOf('area_id=patna')).toEqual(['A1', 'A2'])
  expect(await idsOf('id=B')).toEqual(['B1', 'B2'])
  expect(await idsOf('concern=silent')).toEqual(['A2', 'B1'])
  expect(await idsOf('concern=silent&area_id=gaya')).toEqual(['B1'])
  expect(await idsOf('concern=gaps')).toEqual(['A1'])
  expect(await idsOf('concern=equivocations')).toEqual(['B2'])
  expect(await idsOf('concern=suspended')).toEqual(['B2'])
  expect(await idsOf('concern=revoked')).toEqual([])
})

it('counts the gaps and contradictions of each', async () => {
  const { body } = await admin.ask<Devices>('GET', 'admin/devices')
  const [a1, , , b2, c1] = body.items
  expect(a1).toMatchObject({ gaps: 2, equivocations: 0, state: 'on' })
  expect(b2).toMatchObject({ gaps: 0, equivocations: 1, status: 'suspended' })
  expect(c1).toMatchObject({ state: 'off' })
})

it('gives an area as it was put, so that one thing can be changed', async () => {
  const ring = [
    ...[85, 86, 86, 85, 85].map((longitude, index) => [longitude, [25, 25, 26, 26, 25][index]]),
  ]
  const area = {
    ...{ name: 'Patna', kind: 'district', parent_id: null, area_type: null },
    geometry: { type: 'Polygon', coordinates: [ring] },
  }
  expect((await admin.ask('PUT', 'admin/areas/patna', area)).status).toBe(200)
  const { body } = await admin.ask<AreaRequest>('GET', 'admin/areas/patna')
  expect(body).toEqual(area)
  await admin.ask('PUT', 'admin/areas/patna', { ...body, area_type: 'urban' })
  const list = await admin.ask<{ items: unknown[] }>('GET', 'admin/areas')
  expect(list.body.items).toEqual([
    {
      ...{ area_id: 'patna', name: 'Patna', kind: 'district', parent_id: null },
      ...{ area_type: 'urban', has_outline: true },
    },
  ])
})

it('brings the next try forward and notes who asked, and touches nothing else', async () => {
  const failure = {
    ...{ step: 'anchor' as const, code: 'chain_unavailable', message: 'no answer', attempt: 7 },
    ...{ at: desk.clock.now(), next_try_at: new Date(desk.clock.now().getTime() + 300_000) },
  }
  await desk.models.failures.create({ _id: 'anchor', failure })
  const { status } = await admin.ask('POST', 'admin/failures/retry', { subject: 'anchor' })
  expect(status).toBe(200)
  const kept = await desk.models.failures.findById('anchor').lean()
  expect(kept?.failure).toEqual({ ...failure, next_try_at: desk.clock.now() })
  const unknown = await admin.ask('POST', 'admin/failures/retry', { subject: 'patna/9' })
  expect(unknown.status).toBe(404)
  const { body } = await admin.ask<Actions>('GET', 'admin/actions?limit=2')
  expect(body.items.map(({ action, target }) => [action, target])).toEqual([
    ['retry_asked', 'patna/9'],
    ['retry_asked', 'anchor'],
  ])
})

it('tells the balance of the anchoring account, or that the node could not be asked', async () => {
  const settings = {
    ...{ batchIntervalMs: 900_000, maxBatchRecords: 9, confirmations: 12, bumpAfterMs: 1000 },
    ...{ heartbeatMs: HEARTBEAT_MS, leaseMs: 30_000 },
  }
  const node = {
    ...{ chainId: 1, contract: `0x${'c0'.repeat(20)}`, account: `0x${'a0'.repeat(20)}` },
    maxFeePerGas: 500_000_000_000n,
  }
  const described = (balance: () => Promise<bigint>) =>
    describeLedgerForAdmin({
      settings,
      complaintDesk: complaintDesk(),
      // Whatever else was reached for would be undefined, and fail.
      ethereum: node as unknown as Deps['ethereum'],
      glimpses: { balance } as unknown as Deps['glimpses'],
    })
  const told = await described(() => Promise.resolve(12_345_678_901_234_567_890n))
  expect(told).toMatchObject({ account: node.account, balance_wei: '12345678901234567890' })
  expect(told.settings).toMatchObject({ max_fee_gwei: 500, batch_interval_seconds: 900 })
  const away = () => Promise.reject(new CodedError('chain_unavailable', 'no answer'))
  expect(await described(away)).toMatchObject({
    balance_wei: null,
    balance_reason: 'chain_unavailable',
  })
})

it('a new area leaves one that has its id as it was', async () => {
  const area = { name: 'Gaya', kind: 'district', parent_id: null, geometry: null }
  const put = (name: string, tag: string) =>
    admin.ask<Problem>('PUT', 'admin/areas/gaya', { ...area, name }, { 'if-none-match': tag })
  expect((await put('Gaya', '*')).status).toBe(201)
  expect(await put('Patna', '*')).toMatchObject({ status: 412, body: { code: 'area_conflict' } })
  expect(await put('Patna', '"a"')).toMatchObject({ status: 400, body: { code: 'malformed' } })
  const { body } = await admin.ask<AreaRequest>('GET', 'admin/areas/gaya')
  expect(body.name).toBe('Gaya')
})
