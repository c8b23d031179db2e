import { z } from 'zod'
import { buildHost, missingTools } from '../../firmware/host/harness/build.ts'
import { MAINS_SCENARIOS } from '../../firmware/host/harness/mains.ts'
import { enrolledSchema } from '../../shared/api/devices.ts'
import { adminToken, TOKEN_HELP } from '../admin-token.ts'
import { CliError, DONE, type ExitCode } from '../cli-error.ts'
import type { Command } from '../command.ts'
import {
  areaOption,
  customersOption,
  latitudeOption,
  longitudeOption,
  stageOption,
} from '../device-options.ts'
import { pathOption, readOptions, urlOption, type Options } from '../options.ts'
import { askPortalFor } from '../portal.ts'
import type { Outcome } from '../simulation/life-lines.ts'
import { LIFE_OPTIONS, lifeFrom } from '../simulation/life-options.ts'
import { live } from '../simulation/live.ts'
import {
  enrolmentPath,
  simulatedDevice,
  type SimulatedDevice,
  type SimulatedFacts,
} from '../simulation/simulated-device.ts'
import type { Terminal } from '../terminal.ts'

const FOLDER = '.data/simulated-device'
const FACTS = ['area', 'latitude', 'longitude', 'stage', 'customers'] as const
const TEXT = ['portal', 'dir', 'token-file', ...LIFE_OPTIONS, ...FACTS] as const
type Text = (typeof TEXT)[number]
type Flag = 'enrol' | 'once'

export const deviceSimulate: Command = {
  summary: "run the device's firmware on this machine against a portal",
  synopsis: `--portal URL [--dir DIR] [--latitude N --longitude N [--area ID] [--stage S] [--customers N]]
         [--enrol [--token-file FILE]] [--scenario ${MAINS_SCENARIOS.join('|')}] [--once|--for MINUTES [--speed N]]`,
  help: `Runs the firmware's core, compiled by this machine's C compiler, among simulated mains, modem and secure element, and
shows what it senses, what it sends and what the portal answers. Needs cc and make.

  --dir DIR            the device: its key, counter and flash (${FOLDER}). Started again, it goes on with its numbers, and
                       tells that it had no supply in between. ${enrolmentPath('DIR')} is for device enrol --file
  --latitude, --longitude  where a new device hangs; with --area, --stage (house) and --customers (1)
  --enrol              enrol it first
  --scenario NAME      of every hour: steady; outage, ten minutes without mains after the fifth; flapping, six short ones (steady)
  --for MINUTES        ends after so many minutes of the device's life, at most a week (a week)
  --speed N            times as fast; it then begins in the past, so that it never runs ahead of the present (1). What a
                       device has lived it does not live again: one that has come to the present goes at its pace. Its
                       outages count from its enrolment: what it lived before is in its readings only
  --once               ends with the portal's first answer

A simulated device stands in the ledger like any other: enrol it where everybody knows that it is one.
${TOKEN_HELP}`,
  run,
}

async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  const options = readOptions<Text, Flag>(args, { text: TEXT, flags: ['enrol', 'once'] })
  const portalUrl = options.required('portal', urlOption)
  const folder = options.value('dir', pathOption) ?? FOLDER
  const life = lifeFrom(options)
  const missing = missingTools()
  if (missing !== null) throw new CliError('unreadable', missing)
  const program = buildHost('device')
  const simulated = await simulatedDevice(folder, factsFrom(options))
  terminal.out(`device ${simulated.memory.element.deviceId}, kept in ${folder}`)
  if (options.has('enrol')) await enrol(simulated, portalUrl, options, terminal)
  return endOf(await live({ simulated, portalUrl, program, terminal, ...life }))
}

function factsFrom(options: Options<Text, Flag>): SimulatedFacts | undefined {
  if (!FACTS.some((name) => options.has(name))) return undefined
  return {
    areaId: options.value('area', areaOption),
    latitude: options.required('latitude', latitudeOption),
    longitude: options.required('longitude', longitudeOption),
    stage: options.value('stage', stageOption) ?? 'house',
    customers: options.value('customers', customersOption) ?? 1,
  }
}

async function enrol(
  { enrolment }: SimulatedDevice,
  portalUrl: string,
  options: Options<Text, Flag>,
  terminal: Terminal,
): Promise<void> {
  const [enrolled] = await askPortalFor(z.tuple([enrolledSchema]), {
    portalUrl,
    method: 'POST',
    path: 'admin/devices',
    adminToken: await adminToken(options.value('token-file', pathOption), terminal.env),
    body: [enrolment],
  })
  terminal.out(`${enrolled.status.replace('_', ' ')}, record ${enrolled.leaf_hash}`)
}

/** Throws `refused` or `unreachable` where the portal took nothing. */
function endOf({ taken, refusal, silence }: Outcome): ExitCode {
  if (taken > 0) return DONE
  if (refusal !== undefined) throw new CliError('refused', `the portal refused: ${refusal}`)
  throw new CliError('unreachable', `the portal took nothing: ${silence ?? 'nothing was sent'}`)
}
