import { join } from 'node:path'
import { keepPrivate } from '../kept-file.ts'
import { startPortal, stackEnvironment, type Portal, type PortalOptions } from '../portal.ts'
import { startStack, type Stack } from '../start.ts'
import { buildPortal, isPortalBuilt } from './build-portal.ts'
import { enrolSensors } from './enrol-sensors.ts'
import { inParallel } from './in-parallel.ts'
import type { DemoOptions } from './options.ts'
import { portalPort } from './portal-port.ts'
import { minuteOf } from './progress.ts'
import type { Scenario } from './scenario.ts'
import { portalSecrets } from '../portal-secrets.ts'
import { usualPorts } from '../usual-ports.ts'

const BLOCK_TIME_SECONDS = 2
const CONFIRMATIONS = 2
/** Preloaded into a portal, it sets its clock back. */
const EARLIER_CLOCK = new URL('earlier-clock.ts', import.meta.url)
/** Enrolling takes some of it; the sensors begin after it. */
const ENROLLED_BEFORE_MS = 2 * 60_000

export interface RunningPortal {
  portal: Portal
  stack: Stack
  adminToken: string
  /** File with that token, as `--token-file` takes it. */
  tokenFile: string
}

export interface StartOptions {
  options: DemoOptions
  scenario: Scenario
  /** Its sensors have measured nothing yet. */
  isNew: boolean
  /** Absolute path of the data folder. */
  folder: string
  /** What is started is stopped by it. */
  cleanup: AsyncDisposableStack
  say(line: string): void
  signal: AbortSignal
}

/**
 * Builds the portal where that is needed, meanwhile starts the stack, then starts the one on the other, with the sensors
 * enrolled (docs/decisions/0022-the-demos-times.md).
 */
export async function startEverything(start: StartOptions): Promise<RunningPortal> {
  const { options, scenario, isNew, folder, cleanup, say, signal } = start
  const port = await portalPort(options.port)
  const secrets = await portalSecrets(folder)
  const tokenFile = join(folder, 'admin-token')
  await keepPrivate(tokenFile, `${secrets.admin_token}\n`)
  const [, stack] = await inParallel(
    signal,
    (either) => buildWhereNeeded(folder, say, either),
    () => startStores(folder, cleanup, say),
  )
  signal.throwIfAborted()

  const logFile = join(folder, 'portal.log')
  const env = {
    ...stackEnvironment(stack),
    NUXT_ADMIN_TOKEN: secrets.admin_token,
    NUXT_LOG_KEY: secrets.log_key,
    NUXT_PUSH_KEY: secrets.push_key,
    NUXT_PERSONAL_DATA_KEY: secrets.personal_data_key,
    NUXT_BATCH_INTERVAL_SECONDS: String(options.batchSeconds),
    NUXT_CONFIRMATIONS: String(CONFIRMATIONS),
    NUXT_PUBLIC_NOTICE: scenario.notice,
    NUXT_PUBLIC_NOTICE_HI: scenario.noticeHi,
    NUXT_PUBLIC_TIME_ZONE: scenario.timeZone,
    NUXT_PUBLIC_REGION: scenario.region,
    NUXT_PUBLIC_MAP_CENTER: scenario.mapCenter,
    NUXT_PUBLIC_MAP_ZOOM: scenario.mapZoom,
  }
  const adminToken = secrets.admin_token
  const enrolling = { scenario, firmware: options.firmware, folder, say, signal }
  if (isNew) {
    say(
      `Enrolling the sensors as of ${minuteOf(scenario.beginAt)}, with the portal's clock set back`,
    )
    await using early = await startEarlierPortal({ port, logFile, env }, scenario.beginAt)
    const portal = { url: early.url, adminToken }
    await enrolSensors({ ...enrolling, portal })
  }
  say(`Starting the portal (log: ${logFile})`)
  const portal = await startPortal({ port, logFile, env })
  cleanup.defer(() => portal.stop())
  if (!isNew) await enrolSensors({ ...enrolling, portal: { url: portal.url, adminToken } })
  return { portal, stack, adminToken, tokenFile }
}

/** A portal for which it is a little before `beginAt`; stopped when disposed. */
async function startEarlierPortal(
  { env, ...options }: PortalOptions,
  beginAt: number,
): Promise<Pick<Portal, 'url'> & AsyncDisposable> {
  const behindMs = Date.now() - beginAt + ENROLLED_BEFORE_MS
  const portal = await startPortal({
    ...options,
    preload: [EARLIER_CLOCK],
    env: {
      ...env,
      GRIDWITNESS_CLOCK_BEHIND_MS: String(behindMs),
    },
  })
  return { url: portal.url, [Symbol.asyncDispose]: () => portal.stop() }
}

async function buildWhereNeeded(
  folder: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (await isPortalBuilt()) return
  const logFile = join(folder, 'build.log')
  say(`Building the portal: needed once, takes about a minute (log: ${logFile})`)
  await buildPortal(logFile, signal)
}

async function startStores(
  folder: string,
  cleanup: AsyncDisposableStack,
  say: (line: string) => void,
): Promise<Stack> {
  say('Starting MongoDB, an IPFS store and an Ethereum development chain')
  const stack = await startStack({
    dir: folder,
    ports: await usualPorts(),
    blockTimeSeconds: BLOCK_TIME_SECONDS,
  })
  cleanup.defer(() => stack.stop())
  return stack
}
