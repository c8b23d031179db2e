import { fork } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort } from './ports.ts'
import type { Stack } from './start.ts'

const ENTRY = fileURLToPath(new URL('../.output/server/index.mjs', import.meta.url))
const END_WITH_PARENT = fileURLToPath(new URL('end-with-parent.ts', import.meta.url))
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 15_000
const POLL_MS = 50
const TAIL_CHARACTERS = 4_000

export interface PortalOptions {
  /** Environment of the server, on top of nothing but PATH and HOME. */
  env: Record<string, string>
  port?: number
  /** Modules to load before the server. */
  preload?: URL[]
  /** Where the server's output goes; its tail is in the error when it does not start. */
  logFile?: string
}

export interface Portal {
  url: string
  pid: number
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Environment variables by which a portal uses this stack. */
export const stackEnvironment = (stack: Stack): Record<string, string> => ({
  NUXT_MONGODB_URI: stack.mongodbUri,
  NUXT_IPFS_API_URL: stack.ipfsUrl,
  NUXT_ETHEREUM_RPC_URL: stack.rpcUrl,
  NUXT_PUBLIC_RPC_URL: stack.rpcUrl,
  NUXT_CHAIN_ID: String(stack.chainId),
  NUXT_DEPLOYMENTS_DIR: stack.deploymentsDir,
  NUXT_ANCHORING_KEY: stack.anchoringKey,
  ...(stack.mqttUrl !== null && { NUXT_MQTT_URL: stack.mqttUrl }),
})

/** Starts the built portal on 127.0.0.1 and resolves once it answers `/health`. */
export async function startPortal({
  env,
  port,
  preload = [],
  logFile,
}: PortalOptions): Promise<Portal> {
  const chosenPort = port ?? (await freePort())
  const url = `http://127.0.0.1:${chosenPort}`
  const { PATH = '', HOME = '' } = process.env
  const child = fork(ENTRY, {
    execArgv: [
      '--enable-source-maps',
      ...[END_WITH_PARENT, ...preload.map(String)].flatMap((module) => ['--import', module]),
    ],
    env: {
      PATH,
      HOME,
      ...env,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(chosenPort),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: Ctrl-C goes to whoever started it, who stops it in order.
    detached: true,
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`portal: ${ENTRY} could not be started`)
  let tail = ''
  const log = logFile === undefined ? null : createWriteStream(logFile, { flags: 'a' })
  for (const output of [child.stdout, child.stderr]) {
    output?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS)
      log?.write(chunk)
    })
  }
  const exited: Portal['exited'] = new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      log?.end()
      resolve({ code, signal })
    })
  })
  const portal: Portal = {
    url,
    pid,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
      await exited
      clearTimeout(timer)
    },
  }
  await untilAlive(portal, () => tail)
  return portal
}

async function untilAlive({ url, exited, kill }: Portal, tail: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  let ended: string | null = null
  void exited.then(({ code, signal }) => {
    ended = `ended with ${code ?? signal}`
  })
  while (Date.now() < deadline) {
    if (ended !== null) throw new Error(`portal: ${ended}\n${tail()}`)
    const response = await fetch(`${url}/health`).catch(() => null)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  kill('SIGKILL')
  throw new Error(`portal: no answer at ${url}/health within ${START_TIMEOUT_MS} ms\n${tail()}`)
}
