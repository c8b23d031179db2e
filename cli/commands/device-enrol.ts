import { z } from 'zod'
import {
  enrolledSchema,
  MAX_ENROLMENTS_PER_REQUEST,
  type Enrolment,
} from '../../shared/api/devices.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { CSV_COLUMNS } from '../../shared/enrolment-csv.ts'
import { readDevices } from '../device-file.ts'
import { deviceIdOption, enrolmentFrom, FACT_OPTIONS, publicKeyOption } from '../device-options.ts'
import { pathOption, readOptions, urlOption, type Options } from '../options.ts'
import { askPortalFor } from '../portal.ts'
import { readInput } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'

const ONE_DEVICE = [...FACT_OPTIONS, 'device-id', 'public-key'] as const
type OneDevice = (typeof ONE_DEVICE)[number]

export const deviceEnrol: Command = {
  summary: 'bring devices into the ledger: their keys count from then on',
  synopsis: `--portal URL [--area ID] --device-id HEX --public-key HEX --stage transformer|street|house
         --customers N (--latitude N --longitude N | --location-commitment HASH) [--token-file FILE]
       --portal URL --file devices.json|devices.csv [--token-file FILE]`,
  help: `Enrols one device, or all of a file. Enrolling the same facts again changes nothing; another key takes rotate-key.
What is enrolled is public for ever: for a home, give the commitment that "gridwitness device commit" makes.

  --area ID          area of the portal the device belongs to; without it, the smallest that holds its coordinates. Required
                     with --location-commitment
  --device-id HEX    serial number of the secure element, 18 upper-case hex digits
  --public-key HEX   its P-256 key: 04 and 128 lower-case hex digits
  --customers N      customers the device stands for
  --file FILE        .json: one object or an array of {"area_id", "device": {…}} as the API takes them
                     .csv: ${CSV_COLUMNS.join(',')}

Of each ${MAX_ENROLMENTS_PER_REQUEST} devices of a file, all or none are enrolled.
${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions(args, { text: ['portal', 'token-file', 'file', ...ONE_DEVICE] })
  const portalUrl = options.required('portal', urlOption)
  const file = options.value('file', pathOption)
  const devices = file === undefined ? [deviceFrom(options)] : await devicesIn(file, options)
  const token = await adminToken(options.value('token-file', pathOption), terminal.env)
  for (let at = 0; at < devices.length; at += MAX_ENROLMENTS_PER_REQUEST) {
    const part = devices.slice(at, at + MAX_ENROLMENTS_PER_REQUEST)
    const enrolled = await askPortalFor(z.array(enrolledSchema).length(part.length), {
      portalUrl,
      method: 'POST',
      path: 'admin/devices',
      adminToken: token,
      body: part,
    })
    for (const { device_id, status, leaf_hash } of enrolled) {
      terminal.out(`${device_id} ${status.replace('_', ' ')}, record ${leaf_hash}`)
    }
  }
  return DONE
}

const deviceFrom = (options: Options<OneDevice, never>): Enrolment =>
  enrolmentFrom(options, {
    device_id: options.required('device-id', deviceIdOption),
    public_key: options.required('public-key', publicKeyOption),
  })

async function devicesIn(file: string, options: Options<OneDevice, never>): Promise<Enrolment[]> {
  const surplus = ONE_DEVICE.find((name) => options.has(name))
  if (surplus !== undefined)
    throw new CliError('usage', `--${surplus}: expected not beside --file, got both`)
  return readDevices(file, await readInput(file))
}
