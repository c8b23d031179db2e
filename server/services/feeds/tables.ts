import { stringify } from 'csv-stringify/sync'
import type { Outage } from '../../../shared/api/outages.ts'
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
