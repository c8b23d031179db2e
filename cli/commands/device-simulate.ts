import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { buildHost, missingTools } from '../../firmware/host/harness/build.ts'
import { Device } from '../../firmware/host/harness/device.ts'
import { MAINS_SCENARIOS, mainsOf } from '../../firmware/host/harness/mains.ts'
import { portalNetwork } from '../../firmware/host/harness/network.ts'
import { watched } from '../../firmware/host/harness/watched-network.ts'
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
import { numberOption, pathOption, readOptions, urlOption, type Options } from '../options.ts'
import { askPortalFor } from '../portal.ts'
import { edgesOf, lifeLines, type Outcome } from '../simulation/life-lines.ts'
import {
  enrolmentPath,
  simulatedDevice,
  type SimulatedDevice,
  type SimulatedFacts,
} from '../simulation/simulated-device.ts'
import type { Terminal } from '../terminal.ts'

const FOLDER = '.data/simulated-device'
const MINUTE_MS = 60_000
/** The mains are planned no further. */
const LONGEST_MINUTES = 7 * 24 * 60
/** Long enough to boot, to attach and to be answered. */
const ONCE_MINUTES = 5
const ONCE_SPEED = 60
const STEP_MS = 250

const FACTS = ['area', 'latitude', 'longitude', 'stage', 'customers'] as const
const TEXT = ['portal', 'dir', 'token-file', 'scenario', 'for', 'speed', ...FACTS] as const
type Text = (typeof TEXT)[number]
type Flag = 'enrol' | 'once'

const minutesOption = numberOption(
  z.number().positive('expected more than 0').max(LONGEST_MINUTES, `expected at most a week`),
)
const speedOption = numberOption(z.number().min(1, 'expected 1 or more'))
const scenarioOption = z.enum(MAINS_SCENARIOS, `expected one of ${MAINS_SCENARIOS.join(', ')}`)

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
                       device has lived it does not live again: one that has come to the present goes at its pace
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

interface Life {
  scenario: z.output<typeof scenarioOption>
  minutes: number
  speed: number
  isOnce: boolean
}

function lifeFrom(options: Options<Text, Flag>): Life {
  const isOnce = options.has('once')
  const minutes = options.value('for', minutesOption)
  const speed = options.value('speed', speedOption)
  if (isOnce && (minutes ?? speed) !== undefined)
    throw new CliError('usage', '--once: expected neither --for nor --speed beside it, got both')
  if (speed !== undefined && minutes === undefined)
    throw new CliError('usage', '--for: expected a value beside --speed, got none')
  return {
    scenario: options.value('scenario', scenarioOption) ?? 'steady',
    minutes: minutes ?? (isOnce ? ONCE_MINUTES : LONGEST_MINUTES),
    speed: speed ?? (isOnce ? ONCE_SPEED : 1),
    isOnce,
  }
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

interface Living extends Life {
  simulated: SimulatedDevice
  portalUrl: string
  program: string
  terminal: Terminal
}

async function live(living: Living): Promise<Outcome> {
  const { simulated, terminal, minutes, speed, isOnce } = living
  const { memory, latitude, longitude } = simulated
  const lifeMs = minutes * MINUTE_MS
  const beganMs = Date.now()
  const startMs = Math.max(Math.floor(beganMs - lifeMs * (1 - 1 / speed)), memory.livedUntilMs ?? 0)
  const untilMs = Math.ceil(startMs + lifeMs)
  if (speed > 1 && startMs === memory.livedUntilMs)
    terminal.out(`it has lived until ${new Date(startMs).toISOString()} and goes on from there`)
  const mains = mainsOf(living.scenario, startMs, untilMs)
  const { watch, outcome, senses } = lifeLines(terminal, () => device.nowMs)
  const device: Device = new Device({
    program: living.program,
    memory,
    network: watched(portalNetwork(living.portalUrl.replace(/\/$/, '')), watch),
    startMs,
    latitude,
    longitude,
    mains,
    settings: { origin: 'http://portal.simulated', apn: 'iot.simulated', 'spread-s': 0 },
  })
  for (const { atMs, isPresent } of edgesOf(mains)) {
    // The plan ends there; the mains do not.
    if (atMs >= untilMs) continue
    device.agenda.at(atMs, () => {
      senses(isPresent)
    })
  }
  const isAnswered = () => outcome.taken > 0 || outcome.refusal !== undefined
  try {
    while (device.nowMs < untilMs && !(isOnce && isAnswered())) {
      const dueMs = Math.floor(startMs + (Date.now() - beganMs) * speed)
      await device.live(Math.min(dueMs, Date.now(), untilMs))
      memory.keepLife(device.nowMs)
      if (device.nowMs < untilMs) await delay(STEP_MS)
    }
  } finally {
    await device.stop()
  }
  return outcome
}

/** Throws `refused` or `unreachable` where the portal took nothing. */
function endOf({ taken, refusal, silence }: Outcome): ExitCode {
  if (taken > 0) return DONE
  if (refusal !== undefined) throw new CliError('refused', `the portal refused: ${refusal}`)
  throw new CliError('unreachable', `the portal took nothing: ${silence ?? 'nothing was sent'}`)
}
