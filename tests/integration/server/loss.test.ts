import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AreaRequest } from '../../../shared/api/devices.ts'
import { parseProofBundle } from '../../../shared/proof/index.ts'
import {
  ipfsGateway,
  isFullyProved,
  rpcChain,
  verifyProof,
} from '../../../shared/verification/index.ts'
import type { Clock } from '../../../server/adapters/clock.ts'
import { ensureIndexes, type Models } from '../../../server/models/index.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { enterComplaint } from '../../../server/services/complaint/file-complaint.ts'
import { handleComplaint } from '../../../server/services/complaint/handle-complaint.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { changeDevice } from '../../../server/services/device/change-device.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { anchorBatches } from '../../../server/services/ledger/anchor-batches.ts'
import { confirmAnchors } from '../../../server/services/ledger/confirm-anchor.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import type { Portal } from '../../../stack/portal.ts'
import { startStack, type Stack } from '../../../stack/start.ts'
import { TestDevice } from '../../device.ts'
import {
  asAdmin,
  eventually,
  get,
  mine,
  send,
  startReadyPortal,
  testEnvironment,
} from '../../portal.ts'
import { depsOn, openModels } from './deps.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const DAY_MINUTES = 1440
/** Midnight five days ago: everything below happens on that day and the next. */
const BEGAN_AT = Math.floor(Date.now() / DAY_MS) * DAY_MS - 5 * DAY_MS
const OFFICIAL = { pseudonym: 'official:7f3a', areas: null }
/** Nobody is asked: the portal's own node has the files. */
const NO_GATEWAY = 'http://127.0.0.1:9'

const area = (name: string, parent_id: string | null): AreaRequest => ({
  name,
  kind: 'ward',
  area_type: null,
  parent_id,
  geometry: null,
})
const CITY = area('City', null)
const AREAS = { 'ward-1': area('Ward 1', 'city'), 'ward-2': area('Ward 2', 'city') }
const [pump, street, mill] = [
  new TestDevice('pump', { customers_served: 60 }),
  new TestDevice('street', { stage: 'street', customers_served: 14 }),
  new TestDevice('mill', { customers_served: 30 }),
]

let stack: Stack
let dir: string
let models: Models
let close: () => Promise<void>
const running: Portal[] = []

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-loss-'))
  stack = await startStack({ dir })
  ;({ models, close } = await openModels(stack))
  await ensureIndexes(models)
  await liveTwoDays()
})
afterAll(async () => {
  for (const portal of running) await portal.stop()
  await close?.()
  await stack?.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Outages, a complaint and a sensor that moves, sealed as they came and final by now. */
async function liveTwoDays(): Promise<void> {
  let at = BEGAN_AT
  const clock: Clock = { now: () => new Date(at) }
  const past = depsOn(stack, models, clock)
  const deps: Deps = { ...past, settings: { ...past.settings, maxBatchRecords: 1000 } }
  await putArea(deps, 'city', CITY)
  for (const [id, ward] of Object.entries(AREAS)) await putArea(deps, id, ward)
  await enrolDevices(deps, [
    { area_id: 'ward-1', device: pump.facts },
    { area_id: 'ward-1', device: street.facts },
    { area_id: 'ward-2', device: mill.facts },
  ])
  const hand = readingIntake(deps)
  const hear = async (minutes: number, isOff: boolean) => {
    at = BEGAN_AT + minutes * MINUTE_MS
    const timestamp = new Date(at).toISOString().replace('.000Z', 'Z')
    const said = isOff ? ({ power_status: 'OFF', reason: 'change' } as const) : {}
    const readings = [pump, street].map((device) => device.read({ timestamp, ...said }))
    const answers = await hand(
      [...readings, mill.read({ timestamp })].map((json) => ({ json })),
      () => 0,
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'accepted'))
  }
  for (let minutes = 10; minutes < DAY_MINUTES; minutes += 240) {
    await hear(minutes, minutes === 250 || minutes === 730)
    if (minutes === 730) await sealBatches(deps)
  }
  const filing = { kind: 'no_supply', area_id: 'ward-1', latitude: 25.6, longitude: 85.1 } as const
  const { complaint_id } = await enterComplaint(deps, { ...filing, channel: 'web' }, null)
  at += MINUTE_MS
  await handleComplaint(deps, OFFICIAL, complaint_id, { action: 'acknowledge' })
  await changeDevice(deps, street.facts.device_id, {
    event: 'moved',
    area_id: 'ward-2',
    latitude: 25.7,
    longitude: 85.3,
    reason: 'road works',
    approved_by: 'official:7f3a',
  })
  await hear(DAY_MINUTES + 10, false)
  at += deps.settings.batchIntervalMs
  await sealBatches(deps)
  await publishBatches(deps)
  await eventually('all anchored', async () => {
    await anchorBatches(deps)
    return !(await models.batches.exists({ state: { $ne: 'anchored' } }))
  })
  await mine(stack, deps.settings.confirmations)
  await confirmAnchors(deps)
}

const run = async (env: Record<string, string>): Promise<Portal> => {
  const portal = await startReadyPortal(testEnvironment(stack, env))
  running.push(portal)
  return portal
}

async function kill(portal: Portal): Promise<void> {
  portal.kill('SIGKILL')
  await portal.exited
}

const put = async ({ url }: Portal, areaId: string, request: AreaRequest) =>
  expect((await send(url, 'PUT', `/api/v1/admin/areas/${areaId}`, request, asAdmin)).status).toBe(
    200,
  )

const items = async <T>(url: string, path: string): Promise<T[]> =>
  (await get<{ items?: T[] }>(url, path)).body.items ?? []

const leavesTold = async (url: string) =>
  (await items<{ leaf_hash: string }>(url, '/api/v1/readings?limit=500')).map(
    ({ leaf_hash }) => leaf_hash,
  )

/** What the public API says of those days. A batch that came back is final only when the portal goes on. */
async function told({ url }: Portal): Promise<string[]> {
  const days = [BEGAN_AT, BEGAN_AT + 3 * DAY_MS].map((at) => new Date(at).toISOString())
  const [from = '', to = ''] = days
  const [fromDay, toDay] = days.map((day) => day.slice(0, 10))
  const ids = async (path: string, name: string) =>
    (await items<object>(url, path)).map((item) => String(Reflect.get(item, name)))
  const outages = await ids('/api/v1/outages', 'outage_id')
  const complaints = await ids('/api/v1/complaints', 'complaint_id')
  const leaves = await leavesTold(url)
  const paths = [
    ...['/batches?limit=500', '/readings?limit=500', '/outages', '/complaints'],
    ...['city', ...Object.keys(AREAS)].flatMap((id) => [
      `/areas/${id}/reliability?from=${fromDay}&to=${toDay}&interval=day`,
      `/areas/${id}/complaints/statistics?to=${to}`,
    ]),
    ...[pump, street, mill].flatMap(({ facts }) => [
      `/devices/${facts.device_id}`,
      `/devices/${facts.device_id}/timeline?from=${from}&to=${to}`,
    ]),
    ...outages.flatMap((id) => [`/outages/${id}`, `/outages/${id}/evidence`]),
    ...complaints.map((id) => `/complaints/${id}`),
    ...leaves.map((id) => `/records/${id}/proof`),
  ]
  return Promise.all(
    paths.map(async (path) => {
      const { status, body } = await get(url, `/api/v1${path}`)
      const text = JSON.stringify(body, (name, value: unknown) =>
        ['as_of', 'confirmations', 'rpc_url'].includes(name) ? undefined : value,
      )
      return `${path}: ${status} ${text.replaceAll(url, '').replaceAll('"final"', '"anchored"')}`
    }),
  )
}

async function expectProved({ url }: Portal): Promise<void> {
  const [leaf] = await leavesTold(url)
  const response = await fetch(`${url}/api/v1/records/${leaf}/proof`)
  const bundle = parseProofBundle(await response.text())
  const chain = rpcChain({ rpcUrl: stack.rpcUrl, contract: stack.contract })
  const evidence = await verifyProof(bundle, { chain, ipfs: ipfsGateway({ gatewayUrl: url }) })
  expect(isFullyProved(evidence)).toBe(true)
}

it('a portal whose readings are on IPFS alone says the same after its database is lost and it was killed while restoring', async () => {
  const first = await run({ NUXT_READING_RETENTION_DAYS: '1' })
  const empty = stack.mongodbUri.replace(/\/[^/?]*(\?|$)/, '/empty$1')
  const env = { NUXT_MONGODB_URI: empty, NUXT_RESTORE_FROM: NO_GATEWAY }
  // It can do nothing while no area is put, so it may start while the other lets its readings go.
  const second = await run(env)
  const whole = { type: 'reading', body: { $exists: true } } as const
  await eventually('all readings condensed', async () => {
    const derived = !(await models.records.exists({ underived: true }))
    return derived && (await models.records.countDocuments(whole)) === 0
  })
  await expectProved(first)
  const before = await told(first)
  expect(before.filter((answer) => !/^\S+: 200 /.test(answer))).toEqual([])
  expect((await items(first.url, '/api/v1/outages')).length).toBe(2)
  await kill(first)

  await put(second, 'city', CITY)
  await put(second, 'ward-1', AREAS['ward-1'])
  await eventually('a batch', async () => (await items(second.url, '/api/v1/batches')).length > 0)
  await kill(second)

  const third = await run(env)
  await put(third, 'ward-2', AREAS['ward-2'])
  await expect.poll(() => told(third), { timeout: 30_000, interval: 200 }).toEqual(before)
  await expectProved(third)
})
