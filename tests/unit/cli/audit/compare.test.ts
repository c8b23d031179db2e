import { expect, it } from 'vitest'
import type { Audit } from '../../../../cli/audit/audit-area.ts'
import { comparePortal } from '../../../../cli/audit/compare.ts'
import { monthsOf } from '../../../../cli/audit/months.ts'
import { timeText } from '../../../../cli/audit/time-text.ts'
import type { Reliability } from '../../../../shared/api/reliability.ts'
import { figuresOf, noSums, utcDays } from '../../../../shared/outage/index.ts'
import { startPortal } from '../../../integration/cli/portal.ts'

const DAY_MS = 86_400_000
const FROM_AT = Date.UTC(2020, 0, 1)
const PERIOD = { fromAt: FROM_AT, toAt: FROM_AT + 800 * DAY_MS }
const nothing = figuresOf(noSums(), PERIOD, PERIOD.toAt)

/** A ledger of 800 days without a device. */
const AUDIT: Audit = {
  areaId: 'a',
  tree: [{ areaId: 'a', parentId: null }],
  ledgers: [],
  counts: { batches: 1, records: 0, readings: 0, deviceEvents: 0, devices: 0 },
  sealedAt: PERIOD.toAt + DAY_MS,
  asOfAt: PERIOD.toAt,
  heartbeatMs: 900_000,
  months: [],
  whole: { period: PERIOD, figures: nothing },
  gaps: [],
  outages: [],
  figuresIn: () => nothing,
}

/** What a portal without a device answers; as the real one it refuses more than 366 days. */
function reliabilityOf(query: URLSearchParams): Reliability | null {
  const period = {
    fromAt: Date.parse(query.get('from') ?? ''),
    toAt: Date.parse(query.get('to') ?? ''),
  }
  if (period.toAt - period.fromAt > 366 * DAY_MS) return null
  const { saifi, saidi, caidi, maifi, asai, coverage, customersServed } = nothing
  const figures = {
    ...{ saifi, saidi, caidi, maifi, asai, coverage, provisional: null },
    customers_served: customersServed,
    local: {
      sustained_customer_interruptions: 0,
      momentary_customer_interruptions: 0,
      customer_minutes_off: 0,
    },
  }
  const texts = ({ fromAt, toAt }: typeof period) => ({
    from: timeText(fromAt),
    to: timeText(toAt),
  })
  const parts = query.get('interval') === 'day' ? utcDays(period) : monthsOf(period)
  return {
    ...{ area_id: 'a', rules: 1, heartbeat_seconds: 900, ...texts(period) },
    ...{ as_of: timeText(PERIOD.toAt), total: figures, areas: [], evidence_url: '/' },
    intervals: parts.map((part) => ({ ...texts(part), figures })),
  }
}

it('more than a year is asked for a year at a time, and every day of it is compared', async () => {
  await using portal = await startPortal(({ path = '' }) => {
    const { pathname, searchParams } = new URL(path, 'http://portal')
    if (pathname.endsWith('/outages')) return { status: 200, body: { items: [], next: null } }
    const body = reliabilityOf(searchParams)
    return body ? { status: 200, body } : { status: 400 }
  })
  const { period, figures, differences } = await comparePortal(portal.url, AUDIT)
  expect(period).toEqual(PERIOD)
  expect(differences).toEqual([])
  const asked = portal.requests.map(({ path = '' }) => new URL(path, 'http://portal').searchParams)
  const days = asked.filter((query) => query.get('interval') === 'day')
  expect(days.map((query) => [query.get('from'), query.get('to')])).toEqual([
    ['2020-01-01', '2021-01-01'],
    ['2021-01-01', '2022-01-02'],
    ['2022-01-02', '2022-03-11'],
  ])
  const [wholes, everyDay, months] = [3, 800, 12 + 13 + 3]
  expect(figures).toBe((wholes + everyDay + months) * 7)
})
