import { z } from 'zod'
import { enrolmentSchema, type Enrolment } from '../shared/api/devices.ts'
import { fromUtf8 } from '../shared/bytes.ts'
import { messageOf } from '../shared/coded-error.ts'
import { parseJson } from '../shared/json.ts'
import { parseAs } from '../shared/parse.ts'
import { CliError } from './cli-error.ts'

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

/** Devices from a file ending in .json or .csv, each once. Throws `unreadable` and says where. */
export function readDevices(file: string, bytes: Uint8Array): Enrolment[] {
  const read = /\.json$/i.test(file) ? fromJson : /\.csv$/i.test(file) ? fromCsv : undefined
  if (!read)
    throw new CliError('usage', `--file: expected a name ending in .json or .csv, got "${file}"`)
  let devices: Enrolment[]
  try {
    devices = read(file, fromUtf8(bytes))
  } catch (cause) {
    throw cause instanceof CliError
      ? cause
      : new CliError('unreadable', messageOf(cause), { cause })
  }
  expectEachOnce(file, devices)
  return devices
}

function fromJson(file: string, text: string): Enrolment[] {
  const value = parseJson(text)
  if (!Array.isArray(value)) return [parseAs(enrolmentSchema, value, file)]
  return parseAs(z.array(enrolmentSchema).min(1, 'expected at least one device'), value, file)
}

/** Plain comma-separated values: no value of a device needs quoting. The first line names the columns, in any order. */
function fromCsv(file: string, text: string): Enrolment[] {
  const [first = '', ...rows] = text.replace(BYTE_ORDER_MARK, '').split(/\r?\n/)
  const columns = first.split(',').map((name) => name.trim())
  const unknown = columns.find((name) => !CSV_COLUMNS.some((known) => known === name))
  const missing = REQUIRED_COLUMNS.find((name) => !columns.includes(name))
  if (unknown !== undefined || missing !== undefined || new Set(columns).size !== columns.length) {
    throw new CliError(
      'unreadable',
      `${file}, line 1: expected the columns ${CSV_COLUMNS.join(',')}, got "${first}"`,
    )
  }
  const devices = rows.flatMap((row, index) =>
    row.trim() === '' ? [] : [fromRow(`${file}, line ${index + 2}`, columns, row)],
  )
  if (devices.length === 0)
    throw new CliError('unreadable', `${file}: expected at least one device, got none`)
  return devices
}

function fromRow(where: string, columns: string[], row: string): Enrolment {
  const cells = row.split(',').map((cell) => cell.trim())
  if (cells.length !== columns.length) {
    throw new CliError(
      'unreadable',
      `${where}: expected ${columns.length} values, got ${cells.length}`,
    )
  }
  const filled = columns.flatMap((name, index): [string, string | number][] => {
    const cell = cells[index] ?? ''
    return cell === '' ? [] : [[name, asNumberWhere(name, cell)]]
  })
  const { area_id, ...device } = Object.fromEntries(filled)
  const enrolment = { ...(area_id !== undefined && { area_id }), device }
  return parseAs(enrolmentSchema, enrolment, where)
}

const NUMBERS = ['customers_served', 'latitude', 'longitude']

/** What is no number stays text, so that the schema says what it expected. */
const asNumberWhere = (name: string, cell: string): string | number =>
  NUMBERS.includes(name) && /^-?\d+(?:\.\d+)?$/.test(cell) ? Number(cell) : cell

function expectEachOnce(file: string, devices: readonly Enrolment[]): void {
  const seen = new Set<string>()
  for (const { device } of devices) {
    if (seen.has(device.device_id)) {
      throw new CliError(
        'unreadable',
        `${file}: expected each device once, got ${device.device_id} twice`,
      )
    }
    seen.add(device.device_id)
  }
}
