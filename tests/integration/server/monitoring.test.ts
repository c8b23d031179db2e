import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { startBroker, type Broker } from '../../../stack/mqtt/index.ts'
import { TestDevice } from '../../device.ts'
import {
  ADMIN_TOKEN,
  enrol,
  eventually,
  get,
  postReadings,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const AREA = 'in-br-patna'
const text = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8')

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Gridwitness[A-Za-z]+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[mh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(['info', 'warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
})
const dashboardSchema = z.looseObject({
  panels: z.array(
    z.looseObject({
      id: z.int(),
      title: z.string(),
      gridPos: z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.looseObject({ expr: z.string() })).min(1),
    }),
  ),
})

const alerts = async () =>
  rulesSchema
    .parse(parse(await text('docs/monitoring/alerts.yml')))
    .groups.flatMap(({ rules }) => rules)
const panels = async () =>
  dashboardSchema.parse(JSON.parse(await text('docs/monitoring/dashboard.json'))).panels

/** Names of metrics in an expression; `up` is Prometheus' own. */
const metricsIn = (expr: string): string[] =>
  expr.match(/\b(?:gridwitness|process|nodejs)_[a-z0-9_]+/g) ?? []
let broker: Broker
let test: TestPortal
let scraped: string
let scrapedAtFirst: string
beforeAll(async () => {
  broker = await startBroker()
  test = await startTestPortal({ NUXT_MQTT_URL: broker.url })
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const scrape = async () => (await fetch(`${test.url}/metrics`, { headers })).text()
  scrapedAtFirst = await scrape()
  const device = new TestDevice('measured')
  await enrol(test.url, AREA, [device])
  await postReadings(test.url, [device.read()])
  // What has labels is there once it has happened.
  scraped = await eventually('an anchor that was paid for', async () => {
    const answer = await scrape()
    return /^gridwitness_last_anchor_gas \d/m.test(answer) && answer
  })
  await get(test.url, '/api/v1/areas')
})
afterAll(async () => {
  await test?.stop()
  await broker?.stop()
})

const value = (series: string): number => {
  const line = scraped.split('\n').find((found) => found.startsWith(`${series} `))
  if (line === undefined) throw new Error(`expected ${series} among the metrics`)
  return Number(line.slice(series.length + 1))
}

/** Every metric the portal tells of, histograms with their parts. */
const told = (): Set<string> =>
  new Set(
    [...scraped.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
    ),
  )

describe('the metrics of a portal', () => {
  it('are all there that alerts and the dashboard ask for', async () => {
    const named = [
      ...(await alerts()).map(({ expr }) => expr),
      ...(await panels()).flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ].flatMap(metricsIn)
    expect(named.length).toBeGreaterThan(40)
    const known = told()
    expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([])
  })

  it('are all in docs/monitoring/README.md, and no other', async () => {
    const page = await text('docs/monitoring/README.md')
    const rows = [...page.matchAll(/^\| (`gridwitness_.+?) \|/gm)].map(([, names = '']) => names)
    const listed = rows.flatMap((names) => {
      const [first = '', ...others] = [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
      return [first, ...others.map((name) => fullName(first, name))]
    })
    const ours = [...scraped.matchAll(/^# TYPE (gridwitness_\S+)/gm)].map(([, name = '']) => name)
    expect(listed.sort()).toEqual(ours.sort())
  })

  it('tell what one reading came to: stored, anchored, paid for', () => {
    expect(value('gridwitness_readings_total{outcome="accepted"}')).toBe(1)
    expect(value('gridwitness_reading_group_size_sum')).toBe(1)
    expect(value('gridwitness_last_anchor_batches')).toBe(1)
    expect(value('gridwitness_last_anchor_gas')).toBeGreaterThan(50_000)
    expect(value('gridwitness_last_anchor_fee_wei')).toBeGreaterThan(0)
    expect(value('gridwitness_account_balance_wei')).toBeGreaterThan(1e18)
    expect(value('gridwitness_waiting_records{state="accepted"}')).toBe(0)
    expect(value('gridwitness_layout_version')).toBeGreaterThan(0)
    expect(value('gridwitness_store_call_seconds_count{store="ipfs",call="add"}')).toBe(1)
    expect(scraped).toMatch(
      /^gridwitness_task_seconds_count\{task="ledger:advance",outcome="done"\}/m,
    )
  })

  it('say that no reading came before the first did', () => {
    expect(scrapedAtFirst).toMatch(/^gridwitness_readings_total\{outcome="accepted"\} 0$/m)
    expect(value('gridwitness_mongodb_up')).toBe(1)
  })

  it('bear no id, however many devices and areas there are', () => {
    expect(scraped).not.toContain(AREA)
    expect(scraped).not.toContain(new TestDevice('measured').facts.device_id)
    expect(scraped).toMatch(/route="\/api\/v1\/admin\/areas\/:areaId"/)
  })
})

/** `…_fee_wei` beside `gridwitness_last_anchor_gas`: the longest beginning that makes it a name the portal tells. */
function fullName(first: string, name: string): string {
  if (!name.startsWith('…')) return name
  const parts = first.split('_')
  const known = scraped.match(/^# TYPE (\S+)/gm)?.map((line) => line.slice('# TYPE '.length)) ?? []
  for (let kept = parts.length - 1; kept > 0; kept -= 1) {
    const full = parts.slice(0, kept).join('_') + name.slice(1)
    if (known.includes(full)) return full
  }
  return name
}

describe('an alert', () => {
  it('is made to fire, and not to, by the rules test', async () => {
    const { tests } = z
      .looseObject({
        tests: z.array(
          z.looseObject({
            alert_rule_test: z.array(
              z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }),
            ),
          }),
        ),
      })
      .parse(parse(await text('docs/monitoring/alerts.test.yml')))
    const looks = tests.flatMap(({ alert_rule_test }) => alert_rule_test)
    for (const { alert } of await alerts()) {
      const fires = looks
        .filter(({ alertname }) => alertname === alert)
        .map(({ exp_alerts }) => exp_alerts.length > 0)
      expect([...new Set(fires)].sort(), alert).toEqual([false, true])
    }
  })

  it('leads to a page of its own, and every page belongs to one', async () => {
    const rules = await alerts()
    const names = rules.map(({ alert }) => alert)
    expect(new Set(names).size).toBe(names.length)
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbooks/${alert}.md`)
      expect(existsSync(join(ROOT, annotations.runbook)), alert).toBe(true)
      expect(await text(annotations.runbook)).toMatch(new RegExp(`^# ${alert}\n`))
    }
    const pages = (await readdir(join(ROOT, 'docs/runbooks'))).map((name) => name.slice(0, -3))
    expect(pages.sort()).toEqual(names.sort())
  })
})
