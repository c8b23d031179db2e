import { stringify } from 'csv-stringify/sync'
import type { Outage } from '../../../shared/api/outages.ts'
import { FIGURE_NAMES, type FigureSet, type Reliability } from '../../../shared/api/reliability.ts'
import { LICENCE } from './licence.ts'

/** Tables as CSV, RFC 4180; each row names the licence, so that it stays with whoever cuts one out. */

const OUTAGE_COLUMNS = [
  'outage_id',
  'area_id',
  'area_name',
  'status',
  'started_at',
  'ended_at',
  'duration_seconds',
  'local',
  'devices',
  'customers_affected',
] as const satisfies (keyof Outage)[]

type Cell = string | number | boolean | null

/** Spreadsheets run what looks like a formula, so it is written as text. */
const csv = (rows: readonly (readonly Cell[])[]): string =>
  stringify(
    rows.map((row) => [...row]),
    { record_delimiter: 'windows', escape_formulas: true, cast: { boolean: String } },
  )

export const outagesHeader = (): string => csv([[...OUTAGE_COLUMNS, 'licence']])

export const outageRows = (outages: readonly Outage[]): string =>
  csv(outages.map((outage) => [...OUTAGE_COLUMNS.map((name) => outage[name]), LICENCE.url]))

/** Figures of a period: in total and by interval, for each either a number or why it is unknown. */
export function figuresTable({ area_id, rules, as_of, from, to, ...answer }: Reliability): string {
  const row = (kind: string, start: string, end: string, figures: FigureSet): Cell[] => [
    area_id,
    kind,
    start,
    end,
    ...FIGURE_NAMES.flatMap((name) => [figures[name].value, figures[name].unknown]),
    figures.provisional,
    figures.customers_served.value,
    figures.local.sustained_customer_interruptions,
    figures.local.momentary_customer_interruptions,
    figures.local.customer_minutes_off,
    rules,
    as_of,
    LICENCE.url,
  ]
  const header = [
    ...['area_id', 'row', 'from', 'to'],
    ...FIGURE_NAMES.flatMap((name) => [name, `${name}_unknown`]),
    ...['provisional', 'customers_served', 'local_sustained', 'local_momentary'],
    ...['local_customer_minutes_off', 'rules', 'as_of', 'licence'],
  ]
  return csv([
    header,
    row('total', from, to, answer.total),
    ...answer.intervals.map((one) => row('interval', one.from, one.to, one.figures)),
  ])
}
