import { outagesSchema, type Outage, type Outages } from '../../shared/api/outages.ts'
import {
  reliabilitySchema,
  type FigureSet,
  type Reliability,
} from '../../shared/api/reliability.ts'
import {
  INDICES,
  isSettled,
  utcDays,
  type Figure,
  type Figures,
  type Period,
} from '../../shared/outage/index.ts'
import { CliError } from '../cli-error.ts'
import { askPortalFor } from '../portal.ts'
import type { Audit } from './audit-area.ts'
import { compareOutages } from './compare-outages.ts'
import { monthsOf } from './derive-figures.ts'
import { timeText } from './time-text.ts'

const DAY_MS = 86_400_000
const MS_PER_S = 1000
const DATE_CHARACTERS = 'YYYY-MM-DD'.length

/** One thing of which the portal says something else. */
export interface Difference {
  /** An outage by its id, or a period as `2026-11-01 to 2026-11-02`. */
  subject: string
  /** `saidi`, `ended_at`, …; `outage` where one of the two lacks it. */
  what: string
  audited: string
  portal: string
}

/** What a portal tells of the audited area, held against the audit. */
export interface Comparison {
  portalUrl: string
  /** Whole days (UTC), all of them settled when the latest batch was sealed; null where the audit holds none. */
  period: Period | null
  /** How much was compared. */
  figures: number
  outages: number
  differences: Difference[]
}

/**
 * Holds the figures of each day and month, and every outage, against those the portal shows for the same days. Throws
 * `unreachable` or `refused` where the portal does not answer, and `unreadable` where its figures are of more than the
 * audited area.
 */
export async function comparePortal(
  portalUrl: string,
  areaId: string,
  audit: Audit,
): Promise<Comparison> {
  const period = wholeDays(audit)
  if (!period) return { portalUrl, period, figures: 0, outages: 0, differences: [] }
  const asked = { portalUrl, areaId, period }
  const byDay = await reliability(asked, 'day')
  if (byDay.areas.length > 0) throw ofMoreThanOne(areaId, byDay)
  const byMonth = await reliability(asked, 'month')
  const parts = [
    { period, figures: byDay.total },
    ...pairs(utcDays(period), byDay),
    ...pairs(monthsOf(period), byMonth),
  ]
  const outages = await outagesOf(asked)
  const audited = audit.outages.filter(
    ({ startedAt }) => startedAt >= period.fromAt && startedAt < period.toAt,
  )
  return {
    portalUrl,
    period,
    figures: parts.length * FIGURE_NAMES.length,
    outages: audited.length,
    differences: [
      ...settingDifferences(audit, byDay),
      ...parts.flatMap((part) =>
        figureDifferences(part, audit.figuresIn(part.period, audit.sealedAt)),
      ),
      ...compareOutages(audited, outages, audit.sealedAt),
    ],
  }
}

/**
 * Days that are whole in the audited period and settled when the latest batch was sealed: of those the ledger tells all, and
 * nothing that is heard later on time changes them.
 */
function wholeDays({ whole: { period }, sealedAt, heartbeatMs }: Audit): Period | null {
  const fromAt = Math.ceil(period.fromAt / DAY_MS) * DAY_MS
  const days = fromAt < period.toAt ? utcDays({ fromAt, toAt: period.toAt }) : []
  const settled = days.filter(
    (day) => day.toAt - day.fromAt === DAY_MS && isSettled(day, { asOfAt: sealedAt, heartbeatMs }),
  )
  const last = settled.at(-1)
  return last ? { fromAt, toAt: last.toAt } : null
}

interface Asked {
  portalUrl: string
  areaId: string
  period: Period
}

const dateText = (at: number): string => timeText(at).slice(0, DATE_CHARACTERS)
const periodText = ({ fromAt, toAt }: Period): string => `${dateText(fromAt)} to ${dateText(toAt)}`

function reliability(
  { portalUrl, areaId, period: { fromAt, toAt } }: Asked,
  interval: 'day' | 'month',
): Promise<Reliability> {
  const query = new URLSearchParams({ from: dateText(fromAt), to: dateText(toAt), interval })
  const path = `areas/${areaId}/reliability?${query.toString()}`
  return askPortalFor(reliabilitySchema, { portalUrl, method: 'GET', path })
}

const ofMoreThanOne = (areaId: string, { areas }: Reliability): CliError =>
  new CliError(
    'unreadable',
    `--compare: the portal's figures of ${areaId} are those of ${areas.length} areas below it too; audit each of them: ${areas.map(({ area_id }) => area_id).join(', ')}`,
  )

/** Each part of the period with what the portal says of it. Throws `unreachable` where it cut the period otherwise. */
function pairs(parts: readonly Period[], { intervals }: Reliability) {
  return parts.map((period, index) => {
    const told = intervals[index]
    if (told?.from === timeText(period.fromAt) && told.to === timeText(period.toAt))
      return { period, figures: told.figures }
    throw new CliError(
      'unreachable',
      `portal: expected figures of ${periodText(period)}, got ${told ? `${told.from} to ${told.to}` : 'none'}`,
    )
  })
}

const FIGURE_NAMES = [...INDICES, 'coverage', 'customers_served'] as const

const textOf = ({ value, unknown }: Figure): string =>
  value === null ? `unknown (${unknown})` : String(value)

function figureDifferences(
  { period, figures }: { period: Period; figures: FigureSet },
  { customersServed, ...audited }: Figures,
): Difference[] {
  const own = { ...audited, customers_served: customersServed }
  return FIGURE_NAMES.map((what) => ({
    subject: periodText(period),
    what,
    audited: textOf(own[what]),
    portal: textOf(figures[what]),
  })).filter(({ audited, portal }) => audited !== portal)
}

/** Figures by other rules or another heartbeat are other figures. */
function settingDifferences(audit: Audit, told: Reliability): Difference[] {
  const heartbeats = [`${audit.heartbeatMs / MS_PER_S} s`, `${told.heartbeat_seconds} s`]
  const [audited = '', portal = ''] = heartbeats
  return audited === portal ? [] : [{ subject: 'settings', what: 'heartbeat', audited, portal }]
}

const PAGE_SIZE = 500

/** The outages the portal shows of the area itself that begin in the period. */
async function outagesOf({ portalUrl, areaId, period }: Asked): Promise<Outage[]> {
  const found: Outage[] = []
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({
      from: timeText(period.fromAt),
      to: timeText(period.toAt),
      limit: String(PAGE_SIZE),
      ...(cursor !== null && { cursor }),
    })
    const path = `areas/${areaId}/outages?${query.toString()}`
    const page: Outages = await askPortalFor(outagesSchema, { portalUrl, method: 'GET', path })
    found.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  const isIn = (at: number) => at >= period.fromAt && at < period.toAt
  return found.filter(
    ({ area_id, started_at }) => area_id === areaId && isIn(Date.parse(started_at)),
  )
}
