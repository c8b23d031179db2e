import { fromUtf8, utf8 } from '../../shared/bytes.ts'
import type { Enrolment } from '../../shared/api/devices.ts'
import { CSV_COLUMNS } from '../../shared/enrolment-csv.ts'
import { canonicalText } from '../../shared/json.ts'
import { CliError } from '../cli-error.ts'
import { readDevices } from '../device-file.ts'

/**
 * The text of a CSV file of devices with one more; `before` is undefined where there is no file yet. Throws `unreadable`
 * for a file that is none, and where the device stands in it already.
 */
export function withDevice(file: string, before: Uint8Array | undefined, added: Enrolment): string {
  const kept = before === undefined ? CSV_COLUMNS.join(',') : fromUtf8(before).trimEnd()
  if (before !== undefined) readDevices(file, before)
  const { area_id, device } = added
  const facts: Record<string, string | number | undefined> = { area_id, ...device }
  const [first = ''] = kept.replace(/^\uFEFF/, '').split(/\r?\n/)
  const row = first.split(',').map((name) => facts[name.trim()] ?? '')
  const text = `${kept}\n${row.join(',')}\n`
  const written = readDevices(file, utf8(text)).at(-1)
  if (canonicalText(written) !== canonicalText(added)) {
    throw new CliError(
      'unreadable',
      `${file}, line 1: expected columns for all that is stated of ${device.device_id}, got "${first}"`,
    )
  }
  return text
}
