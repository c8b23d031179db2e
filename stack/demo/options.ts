import { parseArgs } from 'node:util'
import { isScenarioName, scenarioNames, type ScenarioName } from './scenarios.ts'

export const USAGE = `npm run demo -- [options]

A living portal on this machine: its stores, a replay of real outages by simulated sensors, and a ledger that is
sealed and anchored while you watch. Its times are moved by whole days, so that it began yesterday or the day before;
it is replayed fast until it comes to the present, then at the pace at which it happened. Stop with Ctrl-C; the next start
continues.

  --port N            port of the portal (3000, or a free one where that is taken)
  --data DIR          folder for everything that is kept (.data/demo)
  --scenario NAME     what is replayed: ${scenarioNames.join(', ')} (helene)
  --devices N         number of simulated sensors (600, or all there are); a folder keeps its number
  --firmware N        beside them, N devices that run the real firmware, compiled by this machine's C compiler (0)
  --speed N           times as fast as it happened, until the present (480: a day in 3 minutes)
  --batch-seconds N   how often batches are closed (30)
  --help              this text
`

export interface DemoOptions {
  /** undefined: 3000 or a free one. */
  port: number | undefined
  data: string
  scenario: ScenarioName
  /** undefined: as many as the folder has; in a new one as many as are usual, or as the scenario has. */
  devices: number | undefined
  /** Devices with real firmware. */
  firmware: number
  speed: number
  batchSeconds: number
}

/** Says which option, what was expected and what came. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const MAX_PORT = 65_535
const MAX_SPEED = 1_000_000
const MAX_BATCH_SECONDS = 1800
const MAX_DEVICES = 100_000
/** Each is a process. */
const MAX_FIRMWARE = 20

/** Reads the command line strictly; `help` when it was asked for. Throws `UsageError`. */
export function readOptions(args: string[]): DemoOptions | 'help' {
  const values = parsed(args)
  if (values.help === true) return 'help'
  const { port, scenario, data, devices, firmware } = values
  if (!isScenarioName(scenario)) {
    throw new UsageError(
      `--scenario: expected one of ${scenarioNames.join(', ')}, got "${scenario}"`,
    )
  }
  if (data === '') throw new UsageError('--data: expected a folder, got ""')
  return {
    port: port === undefined ? undefined : integer('--port', port, MAX_PORT),
    data,
    scenario,
    devices: devices === undefined ? undefined : integer('--devices', devices, MAX_DEVICES),
    firmware: firmware === undefined ? 0 : integer('--firmware', firmware, MAX_FIRMWARE),
    speed: integer('--speed', values.speed, MAX_SPEED),
    batchSeconds: integer('--batch-seconds', values['batch-seconds'], MAX_BATCH_SECONDS),
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      strict: true,
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        data: { type: 'string', default: '.data/demo' },
        scenario: { type: 'string', default: 'helene' },
        devices: { type: 'string' },
        firmware: { type: 'string' },
        speed: { type: 'string', default: '480' },
        'batch-seconds': { type: 'string', default: '30' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function integer(option: string, text: string, largest: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > largest) {
    throw new UsageError(`${option}: expected an integer from 1 to ${largest}, got "${text}"`)
  }
  return value
}
