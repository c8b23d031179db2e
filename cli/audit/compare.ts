import { isSettled, utcDays, type Period } from '../../shared/outage/index.ts'
import type { Audit } from './audit-area.ts'
import { compareFigures, settingDifferences } from './compare-figures.ts'
import { compareOutages } from './compare-outages.ts'
import { askForFigures, askForOutages } from './portal-figures.ts'

const DAY_MS = 86_400_000
/** A portal tells figures of at most so long a time at once. */
const YEAR_MS = 366 * DAY_MS

/** One thing of which the portal says something else. */
export interface Difference {
  /** An outage or area by its id, or a period as `2026-11-01 to 2026-11-02`. */
  subject: string
  /** `saidi`, `ended_at`, …; `outage` or `area` where one of the two lacks it. */
  what: string
  audited: string
  portal: string
}

/** A stretch of time before or after the days that were compared, and how many audited outages began in it. */
export interface LeftOut {
  period: Period
  outages: number
}

/** What a portal tells of the audited area, held against the audit. */
export interface Comparison {
  portalUrl: string
  /** Whole days (UTC), all of them settled when the latest batch was sealed; null where the audit holds none. */
  period: Period | null
  /** What of the audited period was not compared. */
  leftOut: LeftOut[]
  /** How much was compared. */
  figures: number
  outages: number
  differences: Difference[]
}

/**
 * Holds the figures of each day and month, and every outage, of the audited area with all below it against those the portal
 * shows. Throws `unreachable` or `refused` where the portal does not answer.
 */
export async function comparePortal(portalUrl: string, audit: Audit): Promise<Comparison> {
  const { areaId, sealedAt } = audit
  const period = wholeDays(audit)
  const comparison: Comparison = {
    ...{ portalUrl, period, leftOut: leftOutBy(audit, period) },
    ...{ figures: 0, outages: 0, differences: [] },
  }
  if (!period) return comparison
  for (const year of years(period)) {
    const asked = { portalUrl, areaId, period: year }
    const byDay = await askForFigures(asked, 'day')
    const byMonth = await askForFigures(asked, 'month')
    const { figures, differences } = compareFigures(audit, year, { byDay, byMonth })
    if (year.fromAt === period.fromAt)
      comparison.differences.push(...settingDifferences(audit, byDay))
    comparison.differences.push(...differences)
    comparison.figures += figures
  }
  const outages = await askForOutages({ portalUrl, areaId, period })
  const audited = begunIn(audit, period)
  comparison.differences.push(...compareOutages(audited, outages, sealedAt))
  comparison.outages = audited.length
  return comparison
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

const begunIn = ({ outages }: Audit, { fromAt, toAt }: Period) =>
  outages.filter(({ startedAt }) => startedAt >= fromAt && startedAt < toAt)

function leftOutBy(audit: Audit, compared: Period | null): LeftOut[] {
  const { fromAt, toAt } = audit.whole.period
  const stretches = compared
    ? [
        { fromAt, toAt: compared.fromAt },
        { fromAt: compared.toAt, toAt },
      ]
    : [audit.whole.period]
  return stretches
    .filter((period) => period.fromAt < period.toAt)
    .map((period) => ({ period, outages: begunIn(audit, period).length }))
}

/** The period in stretches that a portal can be asked for. */
function years({ fromAt, toAt }: Period): Period[] {
  const parts: Period[] = []
  for (let at = fromAt; at < toAt; at += YEAR_MS)
    parts.push({ fromAt: at, toAt: Math.min(toAt, at + YEAR_MS) })
  return parts
}
