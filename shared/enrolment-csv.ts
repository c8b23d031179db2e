import { enrolmentSchema, type Enrolment } from './api/devices.ts'
import { messageOf } from './coded-error.ts'
import { MalformedError, parseAs } from './parse.ts'

/** Columns of a CSV file; of the last three, either the first two or the third are filled. The first may be absent. */
export const CSV_COLUMNS = [
  'area_id',
  'device_id',
  'public_key',
  'stage',
  'customers_served',
  'latitude',
  'longitude',
  'location_commitment',
] as const

const REQUIRED_COLUMNS = CSV_COLUMNS.slice(1, 5)
const BYTE_ORDER_MARK = '\uFEFF'

/** One line of the file: a device to enrol, or what is wrong with it. */
export type EnrolmentLine =
  | { line: number; enrolment: Enrolment; problem: null }
  | { line: number; enrolment: null; problem: string }

/**
 * Plain comma-separated values: no value of a device needs quoting. The first line names the columns, in any order. Throws
 * `malformed` where it does not; what is wrong with another line stands beside it.
 */
export function readEnrolmentCsv(text: string): EnrolmentLine[] {
  const [first = '', ...rows] = text.replace(BYTE_ORDER_MARK, '').split(/\r?\n/)
  const columns = first.split(',').map((name) => name.trim())
  const unknown = columns.find((name) => !CSV_COLUMNS.some((known) => known === name))
  const missing = REQUIRED_COLUMNS.find((name) => !columns.includes(name))
  if (unknown !== undefined || missing !== undefined || new Set(columns).size !== columns.length) {
    const message = `expected the columns ${CSV_COLUMNS.join(',')}, got "${first}"`
    throw new MalformedError('line 1', [{ path: '', message }])
  }
  return rows.flatMap((row, index) => (row.trim() === '' ? [] : [lineOf(index + 2, columns, row)]))
}

function lineOf(line: number, columns: string[], row: string): EnrolmentLine {
  const where = `line ${line}`
  const cells = row.split(',').map((cell) => cell.trim())
  if (cells.length !== columns.length) {
    const problem = `${where}: expected ${columns.length} values, got ${cells.length}`
    return { line, enrolment: null, problem }
  }
  const filled = columns.flatMap((name, index): [string, string | number][] => {
    const cell = cells[index] ?? ''
    return cell === '' ? [] : [[name, asNumberWhere(name, cell)]]
  })
  const { area_id, ...device } = Object.fromEntries(filled)
  const stated = { ...(area_id !== undefined && { area_id }), device }
  try {
    return { line, enrolment: parseAs(enrolmentSchema, stated, where), problem: null }
  } catch (error) {
    return { line, enrolment: null, problem: messageOf(error) }
  }
}

const NUMBERS = ['customers_served', 'latitude', 'longitude']

/** What is no number stays text, so that the schema says what it expected. */
const asNumberWhere = (name: string, cell: string): string | number =>
  NUMBERS.includes(name) && /^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell
