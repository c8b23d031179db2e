import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Area } from '../../../shared/api/map.ts'
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
/** Beside it stands another with the same story, and one without devices; all three lie below a fourth. */
const BESIDE = 'beside'
const BARE = 'bare'
const ABOVE = 'above'
const DAY = ['2024-11-21T00:00:00Z', '2024-11-22T00:00:00Z'] as const
const OUTAGE_ID = `${AREA}.20241121T020000Z.${TRANSFORMER}`
const SENSORS_BESIDE = { transformer: '01230000000000000C', home: '01230000000000000D' }
const OUTAGE_ID_BESIDE = `${BESIDE}.20241121T020000Z.${SENSORS_BESIDE.transformer}`
const blocks = new Map<string, Uint8Array>()
let contract: Awaited<ReturnType<typeof startContract>>
let gateway: Awaited<ReturnType<typeof startGateway>>

/** Four hours of a day, and one reading of the next day: so the first is over. */
async function dayAndMore(areaId: string) {
  const { sensors, records } = await fourHours(areaId, areaId === BESIDE ? SENSORS_BESIDE : {})
  const first = records.find((record) => record.type === 'reading')
  if (first?.type !== 'reading' || 'cose' in first) throw new Error('expected a reading in JSON')
  const later: Reading = await signed(sensors.transformer.key, {
    ...first.reading,
    seq: 18,
    timestamp: new Date(MIDNIGHT_AT + 25 * 60 * MINUTE_MS).toISOString().replace('.000Z', 'Z'),
  })
  return [...records, readingRecord(areaId, later)]
}

beforeAll(async () => {
  contract = await startContract()
  gateway = await startGateway(blocks)
  for (const areaId of [AREA, BESIDE]) {
    const batches = await inThreeBatches(areaId, await dayAndMore(areaId))
    for (const { cid, file } of batches) blocks.set(cid.toString(), file)
    await anchor(contract.ledger, areaId, batches)
  }
}, 60_000)
afterAll(async () => {
  await gateway?.stop()
  await contract?.stop()
})

const auditOf = (areaId: string, ...more: string[]) =>
  gridwitness([
    ...['audit', '--area', areaId, '--rpc', contract.chain.rpcUrl],
    ...['--deployments', contract.deployments, '--ipfs', gateway.url],
    ...more,
  ])
const audit = (...more: string[]) => auditOf(AREA, ...more)

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

const area = (area_id: string, parent_id: string | null): Area => ({
  ...{ area_id, parent_id, name: area_id, kind: 'ward', area_type: null },
  ...{ counts: { on: 0, off: 0, silent: 0 }, coverage: null, geometry: null },
  ...{ customers_off: 0, customers_served: 0 },
})
const AREAS = [area(AREA, ABOVE), area(ABOVE, null), area(BESIDE, ABOVE), area(BARE, ABOVE)]

/** A portal that shows these figures and outages; its areas come on two pages. */
const portalThatSays = (reliability: Reliability, outages: Outage[]) =>
  startPortal(({ path = '' }) => {
    const found = { status: 200 }
    if (path.startsWith('/api/v1/areas?')) {
      return path.includes('cursor=two')
        ? { ...found, body: { items: AREAS.slice(2), next: null } }
        : { ...found, body: { items: AREAS.slice(0, 2), next: 'two' } }
    }
    const isFigures = path.includes('/reliability')
    return { ...found, body: isFigures ? reliability : { items: outages, next: null } }
  })

it('a portal that tells the same agrees', async () => {
  const { reliability, outage } = await truth()
  expect(reliability.total.saidi).toEqual(known(60))
  await using portal = await portalThatSays(reliability, [outage])
  const { stdout, stderr, code } = await compare('--compare', portal.url)
  expect(stderr).toBe('')
  expect(stdout.split('\n').slice(-5)).toEqual([
    '',
    `Compared with ${portal.url}: ${DAY[0]} to ${DAY[1]}, each day, each month and the whole`,
    expect.stringMatching(
      new RegExp(
        `^Left out: ${DAY[1]} to \\S+ \\(0 audited outages\\)\\. Only whole days \\(UTC\\)`,
      ),
    ),
    'Agrees: 21 figures and 1 outage.',
    '',
  ])
  expect(code).toBe(0)
  expect(portal.requests.map(({ path }) => path)).toEqual([
    '/api/v1/areas?geometry=none&limit=500',
    '/api/v1/areas?geometry=none&limit=500&cursor=two',
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

describe('an area with others below it', () => {
  const NO_DEVICES = { value: null, unknown: 'no_devices' } as const
  /** What follows from the ledgers of the areas below, as an honest portal sums it up. */
  async function truthAbove() {
    const { reliability, outage } = await truth()
    const { customers_served } = reliability.total
    const figures: FigureSet = {
      ...reliability.total,
      customers_served: known((customers_served.value ?? 0) * 2),
    }
    const bare: FigureSet = {
      ...figures,
      ...{ saifi: NO_DEVICES, saidi: NO_DEVICES, caidi: NO_DEVICES, maifi: NO_DEVICES },
      ...{ asai: NO_DEVICES, coverage: NO_DEVICES, customers_served: NO_DEVICES },
      provisional: null,
    }
    const below = (area_id: string, ofArea: FigureSet) => ({
      area_id,
      name: area_id,
      figures: ofArea,
    })
    const areas = [
      below(BARE, bare),
      below(BESIDE, reliability.total),
      below(AREA, reliability.total),
    ]
    const [from, to] = DAY
    return {
      areas,
      outages: [outage, { ...outage, outage_id: OUTAGE_ID_BESIDE, area_id: BESIDE }],
      reliability: {
        ...{ ...reliability, area_id: ABOVE, total: figures, areas },
        intervals: [{ from, to, figures }],
      },
    }
  }
  const compareAbove = (portalUrl: string, ...more: string[]) =>
    auditOf(ABOVE, '--from', DAY[0], '--compare', portalUrl, ...more)

  it('agrees when the portal adds up what the ledgers below it say, which lie there by its word', async () => {
    const { reliability, outages } = await truthAbove()
    await using portal = await portalThatSays(reliability, outages)
    const { stdout, stderr, code } = await compareAbove(portal.url)
    expect(stderr).toBe('')
    const lines = stdout.split('\n')
    expect(lines).toContain(
      `Areas:    ${ABOVE} and 3 areas below it: that they lie there, and no others, is the word of ${portal.url}`,
    )
    expect(lines).toContain(`    ${BARE}: the contract holds no batch`)
    expect(lines).toContainEqual(
      expect.stringMatching(
        `^    ${BESIDE}: 3 batches, the latest sealed at 2024-11-22T01:00:01.000Z, `,
      ),
    )
    expect(lines).toContain(
      `Holds: the ledgers of ${ABOVE} and of all below it, each whole up to its latest batch.`,
    )
    expect(lines.slice(-4)).toEqual([
      `Compared with ${portal.url}: ${DAY[0]} to ${DAY[1]}, each day, each month and the whole, and the whole of each area directly below`,
      expect.stringMatching(/^Left out: \S+ to \S+ \(0 audited outages\)/),
      'Agrees: 42 figures and 2 outages.',
      '',
    ])
    expect(code).toBe(0)
  })

  it('differs when one below is made to look better, is left out of the sums, or its outage is hidden', async () => {
    const { reliability, areas, outages } = await truthAbove()
    const better = areas.map((one) =>
      one.area_id === BESIDE ? { ...one, figures: { ...one.figures, saidi: known(6) } } : one,
    )
    const told = better.filter(({ area_id }) => area_id !== AREA)
    await using portal = await portalThatSays(
      { ...reliability, areas: told },
      outages.filter(({ area_id }) => area_id === BESIDE),
    )
    const { stdout, code } = await compareAbove(portal.url, '--json')
    const { comparison, areas: audited, latest } = JSON.parse(stdout)
    expect(comparison.differences).toEqual([
      { subject: `${BESIDE}, 2024-11-21 to 2024-11-22`, what: 'saidi', audited: '60', portal: '6' },
      { subject: AREA, what: 'area', audited: 'named below', portal: 'no figures' },
      expect.objectContaining({ subject: OUTAGE_ID, what: 'outage', portal: 'none' }),
    ])
    expect(latest).toBeNull()
    expect(audited).toMatchObject([
      { area_id: ABOVE, parent_id: null, latest: null },
      { area_id: AREA, parent_id: ABOVE, latest: { number: 3 } },
      { area_id: BESIDE, parent_id: ABOVE, latest: { number: 3 } },
      { area_id: BARE, parent_id: ABOVE, latest: null },
    ])
    expect(code).toBe(1)
  })

  it('cannot be compared with a portal that does not show it', async () => {
    await using portal = await startPortal(() => ({ status: 200, body: { items: [], next: null } }))
    const { stderr, code } = await compareAbove(portal.url)
    expect(stderr).toBe(
      `gridwitness audit: --compare: expected ${portal.url} to show ${ABOVE}, got 0 other areas\n`,
    )
    expect(code).toBe(2)
  })
})

it('a period without a day that is over is not compared, and that is said', async () => {
  const { reliability } = await truth()
  await using portal = await portalThatSays(reliability, [])
  const { stdout, code } = await audit('--from', DAY[1], '--compare', portal.url)
  expect(stdout).toContain('Not compared: the audited period holds no whole day (UTC)')
  expect(code).toBe(2)
})

it('a portal that does not answer leaves the question open, and what was audited stands', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`
  const { stderr, code } = await compare('--compare', nowhere)
  expect(stderr).toContain('gridwitness audit: portal: expected an answer from')
  expect(code).toBe(2)

  await using portal = await startPortal(({ path = '' }) =>
    path.startsWith('/api/v1/areas?')
      ? { status: 200, body: { items: AREAS, next: null } }
      : { status: 503 },
  )
  const later = await compare('--compare', portal.url, '--json')
  expect(JSON.parse(later.stdout)).toMatchObject({ verdict: 'proved', comparison: null })
  expect(later.stderr).toContain('got status 503')
  expect(later.code).toBe(2)
})
