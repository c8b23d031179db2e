import type { FigureSet, Reliability } from '../../shared/api/reliability.ts'
import {
  INDICES,
  utcDays,
  type Figure,
  type Figures,
  type Period,
} from '../../shared/outage/index.ts'
import { CliError } from '../cli-error.ts'
import type { Audit } from './audit-area.ts'
import type { Difference } from './compare.ts'
import { monthsOf } from './months.ts'
import { dateText, timeText } from './time-text.ts'

const MS_PER_S = 1000
const FIGURE_NAMES = [...INDICES, 'coverage', 'customers_served'] as const

/** What a portal tells of an area and a period, cut into days and into months. */
interface TwiceTold {
  byDay: Reliability
  byMonth: Reliability
}

/**
 * Holds what a portal tells of the audited area in a period against the audit: each day, each month, the whole, and the
 * whole of each area directly below. Throws `unreachable` where it cut the period otherwise.
 */
export function compareFigures(
  audit: Audit,
  period: Period,
  { byDay, byMonth }: TwiceTold,
): { figures: number; differences: Difference[] } {
  const { areaId, tree, sealedAt } = audit
  const children = tree.flatMap((area) => (area.parentId === areaId ? [area.areaId] : []))
  const ofChild = new Map(byDay.areas.map(({ area_id, figures }) => [area_id, figures]))
  const parts: Part[] = [
    ...[{ period, figures: byDay.total }],
    ...pairs(utcDays(period), byDay),
    ...pairs(monthsOf(period), byMonth),
  ].map((part) => ({ ...part, areaId, subject: periodText(part.period) }))
  for (const child of children) {
    const [figures, subject] = [ofChild.get(child), `${child}, ${periodText(period)}`]
    if (figures) parts.push({ areaId: child, period, subject, figures })
  }
  const differences = [
    ...parts.flatMap((part) => {
      const audited = audit.figuresIn(part.areaId, part.period, sealedAt)
      return figureDifferences(part.subject, audited, part.figures)
    }),
    ...childDifferences(new Set(children), new Set(ofChild.keys())),
  ]
  // A day, a month and the whole may be one period: the same difference is said once.
  const said = new Map(differences.map((one) => [JSON.stringify(one), one]))
  return { figures: parts.length * FIGURE_NAMES.length, differences: [...said.values()] }
}

interface Part {
  areaId: string
  period: Period
  subject: string
  figures: FigureSet
}

const periodText = ({ fromAt, toAt }: Period): string => `${dateText(fromAt)} to ${dateText(toAt)}`

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

const textOf = ({ value, unknown }: Figure): string =>
  value === null ? `unknown (${unknown})` : String(value)

function figureDifferences(
  subject: string,
  { customersServed, ...audited }: Figures,
  figures: FigureSet,
): Difference[] {
  const own = { ...audited, customers_served: customersServed }
  return FIGURE_NAMES.map((what) => ({
    subject,
    what,
    audited: textOf(own[what]),
    portal: textOf(figures[what]),
  })).filter(({ audited, portal }) => audited !== portal)
}

/** A portal that sums up other areas than it names as lying below contradicts itself. */
function childDifferences(named: ReadonlySet<string>, summed: ReadonlySet<string>): Difference[] {
  const difference = (subject: string, audited: string, portal: string): Difference => ({
    ...{ subject, what: 'area', audited, portal },
  })
  return [
    ...named
      .difference(summed)
      .values()
      .map((id) => difference(id, 'named below', 'no figures')),
    ...summed
      .difference(named)
      .values()
      .map((id) => difference(id, 'not named below', 'figures')),
  ]
}

/** Figures by another heartbeat are other figures. */
export function settingDifferences(audit: Audit, told: Reliability): Difference[] {
  const heartbeats = [`${audit.heartbeatMs / MS_PER_S} s`, `${told.heartbeat_seconds} s`]
  const [audited = '', portal = ''] = heartbeats
  return audited === portal ? [] : [{ subject: 'settings', what: 'heartbeat', audited, portal }]
}
