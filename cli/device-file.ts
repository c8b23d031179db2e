import { z } from 'zod'
import { enrolmentSchema, type Enrolment } from '../shared/api/devices.ts'
import { fromUtf8 } from '../shared/bytes.ts'
import { messageOf } from '../shared/coded-error.ts'
import { readEnrolmentCsv, type EnrolmentLine } from '../shared/enrolment-csv.ts'
import { parseJson } from '../shared/json.ts'
import { parseAs } from '../shared/parse.ts'
import { CliError } from './cli-error.ts'

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

/** Throws `unreadable` for the first line that is wrong. */
function fromCsv(file: string, text: string): Enrolment[] {
  const lines = csvLines(file, text)
  const devices = lines.map(({ enrolment, problem }) => {
    if (problem !== null) throw new CliError('unreadable', `${file}, ${problem}`)
    return enrolment
  })
  if (devices.length === 0)
    throw new CliError('unreadable', `${file}: expected at least one device, got none`)
  return devices
}

function csvLines(file: string, text: string): EnrolmentLine[] {
  try {
    return readEnrolmentCsv(text)
  } catch (cause) {
    throw new CliError('unreadable', `${file}, ${messageOf(cause)}`, { cause })
  }
}

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
