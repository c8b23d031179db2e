import type { FigureSet, Reliability } from '../../../shared/api/reliability.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  addSums,
  figuresOf,
  noSums,
  OUTAGE_RULES_VERSION,
  rollUp,
  utcDays,
  type Period,
  type Sums,
} from '../../../shared/outage/index.ts'
import { SECONDS_PER_MINUTE } from '../../../shared/outage/rules.ts'
import { secondText } from '../api-times.ts'
import { areaDays, type AreaDay } from './area-days.ts'
import { areaTree, type NamedArea } from '../area/area-tree.ts'
import type { Deps } from '../deps.ts'
import { knownUntil } from '../outage/known-until.ts'

const MS_PER_S = 1000
const DAY_MS = 86_400_000
const DEFAULT_DAYS = 30
/** A leap year. */
const MAX_DAYS = 366

export interface FiguresPeriod {
  /** Days in UTC; `to` is not included. Without them, the last 30 days with today. */
  from?: string | undefined
  to?: string | undefined
}

interface ReliabilityQuery extends FiguresPeriod {
  interval?: 'day' | 'month' | undefined
}

type FigureDeps = Pick<Deps, 'models' | 'clock'> & {
  settings: Pick<Deps['settings'], 'heartbeatMs'>
}

/**
 * `GET /areas/{id}/reliability`: figures of an area with all below it, by interval, and of each area directly below. All
 * are made as of one moment, so that they add up. Throws `not_found` or `malformed`.
 */
export async function areaFigures(
  deps: FigureDeps,
  areaId: string,
  query: ReliabilityQuery,
): Promise<Reliability> {
  const { heartbeatMs } = deps.settings
  const period = figuresPeriod(deps, query)
  const areas = await areaTree(deps, areaId)
  const asOfAt = await knownUntil(deps)
  const ids = areas.map((area) => area.areaId)
  const days = await areaDays(deps, ids, utcDays(period), { asOfAt, heartbeatMs })
  const totals = rollUp(
    areas,
    sumsBy(days, (day) => day.areaId),
  )
  const setOf = (sums: Sums | undefined, part: Period) => figureSet(sums ?? noSums(), part, asOfAt)
  const { from, to } = periodTexts(period)
  return {
    area_id: areaId,
    rules: OUTAGE_RULES_VERSION,
    heartbeat_seconds: heartbeatMs / MS_PER_S,
    from,
    to,
    as_of: secondText(asOfAt),
    total: setOf(totals.get(areaId), period),
    intervals: intervalsOf(days, period, query.interval).map(({ part, sums }) => ({
      ...periodTexts(part),
      figures: setOf(sums, part),
    })),
    areas: directlyBelow(areas, areaId).map((below) => ({
      area_id: below.areaId,
      name: below.name,
      figures: setOf(totals.get(below.areaId), period),
    })),
    evidence_url: `/api/v1/areas/${areaId}/reliability/evidence?from=${from.slice(0, DATE_CHARACTERS)}&to=${to.slice(0, DATE_CHARACTERS)}`,
  }
}

const DATE_CHARACTERS = 'YYYY-MM-DD'.length

const periodTexts = ({ fromAt, toAt }: Period) => ({
  from: secondText(fromAt),
  to: secondText(toAt),
})

const directlyBelow = (areas: readonly NamedArea[], areaId: string): NamedArea[] =>
  areas.filter(({ parentId }) => parentId === areaId).sort((a, b) => a.name.localeCompare(b.name))

/** The days asked for. Throws `malformed`. */
export function figuresPeriod({ clock }: Pick<Deps, 'clock'>, { from, to }: FiguresPeriod): Period {
  const tomorrowAt = (Math.floor(clock.now().getTime() / DAY_MS) + 1) * DAY_MS
  const toAt = to === undefined ? tomorrowAt : Date.parse(to)
  const fromAt = from === undefined ? toAt - DEFAULT_DAYS * DAY_MS : Date.parse(from)
  const days = (toAt - fromAt) / DAY_MS
  if (days >= 1 && days <= MAX_DAYS) return { fromAt, toAt }
  throw new CodedError('malformed', `period: expected 1 to ${MAX_DAYS} days, got ${days}`)
}

function sumsBy<Key>(days: readonly AreaDay[], keyOf: (day: AreaDay) => Key): Map<Key, Sums> {
  const found = new Map<Key, Sums>()
  for (const day of days) {
    const sums = found.get(keyOf(day)) ?? noSums()
    addSums(sums, day.sums)
    found.set(keyOf(day), sums)
  }
  return found
}

const monthOf = (at: number): number => {
  const date = new Date(at)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/** Days, or months of which the first and the last may be cut, with the sums of all areas. */
function intervalsOf(
  days: readonly AreaDay[],
  period: Period,
  interval: ReliabilityQuery['interval'],
): { part: Period; sums: Sums | undefined }[] {
  if (interval === undefined) return []
  const startOf = interval === 'day' ? (at: number) => at : monthOf
  const sums = sumsBy(days, ({ day }) => startOf(day.fromAt))
  const parts = Map.groupBy(utcDays(period), ({ fromAt }) => startOf(fromAt))
  return [...parts].map(([start, ofPart]) => ({
    part: { fromAt: ofPart[0]?.fromAt ?? start, toAt: ofPart.at(-1)?.toAt ?? start },
    sums: sums.get(start),
  }))
}

function figureSet(sums: Sums, period: Period, asOfAt: number): FigureSet {
  const { saifi, saidi, caidi, maifi, asai, coverage, provisional, customersServed } = figuresOf(
    sums,
    period,
    asOfAt,
  )
  return {
    ...{ saifi, saidi, caidi, maifi, asai, coverage, provisional },
    customers_served: customersServed,
    local: {
      sustained_customer_interruptions: sums.localSustained,
      momentary_customer_interruptions: sums.localMomentary,
      customer_minutes_off: sums.localCustomerSecondsOff / SECONDS_PER_MINUTE,
    },
  }
}
