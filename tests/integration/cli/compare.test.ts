import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Outage } from '../../../shared/api/outages.ts'
import type { FigureSet, Reliability } from '../../../shared/api/reliability.ts'
import type { Reading } from '../../../shared/reading/index.ts'
import { freePort } from '../../../stack/ports.ts'
import {
  anchor,
  fourHours,
  inThreeBatches,
  MIDNIGHT_AT,
  MINUTE_MS,
  readingRecord,
  TRANSFORMER,
} from './audited-area.ts'
import { startContract, startGateway } from './ledger.ts'
import { startPortal } from './portal.ts'
import { signed } from './sensor.ts'
import { gridwitness } from './session.ts'

vi.setConfig({ testTimeout: 30_000 })

const AREA = 'compared'
const DAY = ['2024-11-21T00:00:00Z', '2024-11-22T00:00:00Z'] as const
const OUTAGE_ID = `${AREA}.20241121T020000Z.${TRANSFORMER}`
const blocks = new Map<string, Uint8Array>()
let contract: Awaited<ReturnType<typeof startContract>>
let gateway: Awaited<ReturnType<typeof startGateway>>

/** Four hours of a day, and one reading of the next day: so the first is over. */
async function dayAndMore() {
  const { sensors, records } = await fourHours(AREA)
  const first = records.find((record) => record.type === 'reading')
  if (first?.type !== 'reading' || 'cose' in first) throw new Error('expected a reading in JSON')
  const later: Reading = await signed(sensors.transformer.key, {
    ...first.reading,
    seq: 18,
    timestamp: new Date(MIDNIGHT_AT + 25 * 60 * MINUTE_MS).toISOString().replace('.000Z', 'Z'),
  })
  return [...records, readingRecord(AREA, later)]
}

beforeAll(async () => {
  contract = await startContract()
  gateway = await startGateway(blocks)
  const batches = await inThreeBatches(AREA, await dayAndMore())
  for (const { cid, file } of batches) blocks.set(cid.toString(), file)
  await anchor(contract.ledger, AREA, batches)
}, 60_000)
afterAll(async () => {
  await gateway?.stop()
  await contract?.stop()
})

const audit = (...more: string[]) =>
  gridwitness([
    ...['audit', '--area', AREA, '--rpc', contract.chain.rpcUrl],
    ...['--deployments', contract.deployments, '--ipfs', gateway.url],
    ...more,
  ])

const compare = (...more: string[]) => audit('--from', DAY[0], ...more)

const known = (value: number) => ({ value, unknown: null })
/** What follows from the ledger, as an honest portal tells it. */
async function truth(): Promise<{ reliability: Reliability; outage: Outage }> {
  const { stdout } = await audit('--from', DAY[0], '--to', DAY[1], '--json')
  const { saifi, saidi, caidi, maifi, asai, coverage, provisional, customers_served } =
    JSON.parse(stdout).whole
  const figures: FigureSet = {
    ...{ saifi, saidi, caidi, maifi, asai, coverage, provisional, customers_served },
    local: {
      sustained_customer_interruptions: 0,
      momentary_customer_interruptions: 0,
      customer_minutes_off: 0,
    },
  }
  const [from, to] = DAY
  return {
    reliability: {
      ...{ area_id: AREA, rules: 1, heartbeat_seconds: 900, from, to, as_of: to },
      total: figures,
      intervals: [{ from, to, figures }],
      areas: [],
      evidence_url: '/',
    },
    outage: {
      ...{ outage_id: OUTAGE_ID, area_id: AREA, area_name: null, status: 'restored' },
      ...{ started_at: '2024-11-21T02:00:00Z', ended_at: '2024-11-21T03:00:00Z' },
      ...{ duration_seconds: 3600, local: false, devices: 2, customers_affected: 100, bbox: null },
    },
  }
}

/** A portal that shows these figures and outages. */
const portalThatSays = (reliability: Reliability, outages: Outage[]) =>
  startPortal(({ path = '' }) => ({
    status: 200,
    body: path.includes('/reliability') ? reliability : { items: outages, next: null },
  }))

it('a portal that tells the same agrees', async () => {
  const { reliability, outage } = await truth()
  expect(reliability.total.saidi).toEqual(known(60))
  await using portal = await portalThatSays(reliability, [outage])
  const { stdout, stderr, code } = await compare('--compare', portal.url)
  expect(stderr).toBe('')
  expect(stdout.split('\n').slice(-4)).toEqual([
    '',
    `Compared with ${portal.url}: ${DAY[0]} to ${DAY[1]}, each day, each month and the whole`,
    'Agrees: 21 figures and 1 outage.',
    '',
  ])
  expect(code).toBe(0)
  expect(portal.requests.map(({ path }) => path)).toEqual([
    `/api/v1/areas/${AREA}/reliability?from=2024-11-21&to=2024-11-22&interval=day`,
    `/api/v1/areas/${AREA}/reliability?from=2024-11-21&to=2024-11-22&interval=month`,
    `/api/v1/areas/${AREA}/outages?from=2024-11-21T00%3A00%3A00Z&to=2024-11-22T00%3A00%3A00Z&limit=500`,
  ])
})

it('a figure that was made to look better is shown, beside what the ledger says', async () => {
  const { reliability, outage } = await truth()
  const total = { ...reliability.total, saidi: known(6) }
  await using portal = await portalThatSays({ ...reliability, total }, [outage])
  const { stdout, code } = await compare('--compare', portal.url)
  expect(stdout).toContain('✗ 2024-11-21 to 2024-11-22  saidi: audited 60, portal 6\n')
  expect(stdout).toContain('Differs: 1 difference in 21 figures and 1 outage.')
  expect(code).toBe(1)
})

it('what the portal calls unknown though the ledger knows it is a difference', async () => {
  const { reliability, outage } = await truth()
  const total = { ...reliability.total, asai: { value: null, unknown: 'all_silent' as const } }
  await using portal = await portalThatSays({ ...reliability, total }, [outage])
  const { stdout, code } = await compare('--compare', portal.url)
  expect(stdout).toMatch(/asai: audited 0\.\d+, portal unknown \(all_silent\)/)
  expect(code).toBe(1)
})

it('outages that are hidden, invented or shortened are shown', async () => {
  const { reliability, outage } = await truth()
  const invented = { ...outage, outage_id: `${AREA}.20241121T090000Z.${TRANSFORMER}` }
  const shortened = { ...outage, ended_at: '2024-11-21T02:04:00Z', customers_affected: 1 }
  await using hiding = await portalThatSays(reliability, [])
  expect((await compare('--compare', hiding.url)).stdout).toContain(
    `✗ ${OUTAGE_ID}  outage: audited since 2024-11-21T02:00:00Z, portal none\n`,
  )
  await using lying = await portalThatSays(reliability, [
    shortened,
    { ...invented, started_at: '2024-11-21T09:00:00Z' },
  ])
  const { stdout, code } = await compare('--compare', lying.url, '--json')
  const { comparison } = JSON.parse(stdout)
  expect(comparison.differences).toEqual([
    {
      subject: OUTAGE_ID,
      what: 'ended_at',
      audited: '2024-11-21T03:00:00Z',
      portal: '2024-11-21T02:04:00Z',
    },
    { subject: OUTAGE_ID, what: 'customers_affected', audited: '100', portal: '1' },
    { subject: invented.outage_id, what: 'outage', audited: 'none', portal: 'shown' },
  ])
  expect(code).toBe(1)
})

it('figures by another heartbeat are told as such', async () => {
  const { reliability, outage } = await truth()
  await using portal = await portalThatSays({ ...reliability, heartbeat_seconds: 600 }, [outage])
  const { stdout, code } = await compare('--compare', portal.url)
  expect(stdout).toContain('✗ settings  heartbeat: audited 900 s, portal 600 s\n')
  expect(code).toBe(1)
})

it('figures of several areas are not held against those of one', async () => {
  const { reliability, outage } = await truth()
  const areas = [{ area_id: 'below', name: 'Below', figures: reliability.total }]
  await using portal = await portalThatSays({ ...reliability, areas }, [outage])
  const { stderr, code } = await compare('--compare', portal.url)
  expect(stderr).toContain(
    `--compare: the portal's figures of ${AREA} are those of 1 areas below it too; audit each of them: below`,
  )
  expect(code).toBe(2)
})

it('a period without a day that is over is not compared, and that is said', async () => {
  await using portal = await startPortal(() => ({ status: 500 }))
  const { stdout, code } = await audit('--from', DAY[1], '--compare', portal.url)
  expect(stdout).toContain('Not compared: the audited period holds no whole day (UTC)')
  expect(code).toBe(2)
})

it('a portal that does not answer leaves the question open', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const { stdout, stderr, code } = await compare('--compare', nowhere)
  expect(stdout).toContain(`Holds: the ledger of ${AREA}`)
  expect(stderr).toContain('gridwitness audit: portal: expected an answer from')
  expect(code).toBe(2)
})
