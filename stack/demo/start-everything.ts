import { join } from 'node:path'
import { startPortal, stackEnvironment, type Portal } from '../portal.ts'
import { startStack, type Stack } from '../start.ts'
import { buildPortal, isPortalBuilt } from './build-portal.ts'
import { inParallel } from './in-parallel.ts'
import type { DemoOptions } from './options.ts'
import { portalPort } from './portal-port.ts'
import type { Scenario } from './scenario.ts'
import { portalSecrets } from '../portal-secrets.ts'

const BLOCK_TIME_SECONDS = 2
const CONFIRMATIONS = 2

export interface RunningPortal {
  portal: Portal
  stack: Stack
  adminToken: string
}

export interface StartOptions {
  options: DemoOptions
  scenario: Scenario
  /** Absolute path of the data folder. */
  folder: string
  /** What is started is stopped by it. */
  cleanup: AsyncDisposableStack
  say(line: string): void
  signal: AbortSignal
}

/** Builds the portal where that is needed, meanwhile starts the stack, then starts the one on the other. */
export async function startEverything(start: StartOptions): Promise<RunningPortal> {
  const { options, scenario, folder, cleanup, say, signal } = start
  const port = await portalPort(options.port)
  const secrets = await portalSecrets(folder)
  const [, stack] = await inParallel(
    signal,
    (either) => buildWhereNeeded(folder, say, either),
    () => startStores(folder, cleanup, say),
  )
  signal.throwIfAborted()

  const logFile = join(folder, 'portal.log')
  say(`Starting the portal (log: ${logFile})`)
  const portal = await startPortal({
    port,
    logFile,
    env: {
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
    },
  })
  cleanup.defer(() => portal.stop())
  return { portal, stack, adminToken: secrets.admin_token }
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
  const stack = await startStack({ dir: folder, blockTimeSeconds: BLOCK_TIME_SECONDS })
  cleanup.defer(() => stack.stop())
  return stack
}
