import { mkdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../shared/coded-error.ts'
import { keepPrivate } from './kept-file.ts'
import { portalSecrets } from './portal-secrets.ts'
import { stackEnvironment } from './portal.ts'
import { startStack } from './start.ts'
import { usualPorts } from './usual-ports.ts'

const USAGE = `npm run stack -- [options]

What the portal needs in place of servers: MongoDB, an IPFS store, an Ethereum development chain with the contract, and an
MQTT broker that lets everybody in.
Runs until Ctrl-C; the next start continues.

  --data DIR          folder for everything that is kept (.data/dev)
  --ports IPFS,CHAIN  ports on 127.0.0.1 (5001,8545, or free ones where those are taken)
  --help              this text
`

const OWNER_ONLY = 0o700
const BLOCK_TIME_SECONDS = 2
const BATCH_INTERVAL_SECONDS = 30
const CONFIRMATIONS = 2
const EXIT_FAILED = 1
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The two ports: those asked for, or the usual ones. */
async function readPorts(text: string | undefined): Promise<{ ipfs: number; chain: number }> {
  if (text === undefined) return usualPorts()
  const [ipfs = 0, chain = 0] = text.split(',').map(Number)
  const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536
  if (!/^\d+,\d+$/.test(text) || !isPort(ipfs) || !isPort(chain) || ipfs === chain)
    throw new Error(`--ports: expected two different ports like 5001,8545, got "${text}"`)
  return { ipfs, chain }
}

/** Lines that `nuxt dev --dotenv`, `node --env-file` and a shell read alike. */
function environmentFile(environment: Record<string, string>): string {
  const lines = Object.entries(environment).map(([name, value]) => {
    if (/['\n]/.test(value)) throw new Error(`${name}: expected no quote in it, got ${value}`)
    return `${name}='${value}'\n`
  })
  return lines.join('')
}

/** Resolves at the first signal to stop; at a second one ends at once, and the stores end with this process. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false
    for (const name of STOP_SIGNALS) {
      process.on(name, () => {
        if (isStopping) process.exit(EXIT_FAILED)
        isStopping = true
        process.stdout.write('\nStopping; once more to hurry.\n')
        resolve()
      })
    }
  })
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: '.data/dev' },
      ports: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return void process.stdout.write(USAGE)
  const ports = await readPorts(values.ports)
  const stopped = untilStopped()

  const dir = resolve(values.data)
  await mkdir(dir, { recursive: true, mode: OWNER_ONLY })
  const secrets = await portalSecrets(dir)
  const stack = await startStack({ dir, ports, mqtt: {}, blockTimeSeconds: BLOCK_TIME_SECONDS })
  try {
    const file = join(dir, 'env')
    const environment = {
      ...stackEnvironment(stack),
      NUXT_LOG_KEY: secrets.log_key,
      NUXT_PUSH_KEY: secrets.push_key,
      NUXT_PERSONAL_DATA_KEY: secrets.personal_data_key,
      NUXT_ADMIN_TOKEN: secrets.admin_token,
      NUXT_METRICS_TOKEN: secrets.admin_token,
      NUXT_BATCH_INTERVAL_SECONDS: String(BATCH_INTERVAL_SECONDS),
      NUXT_CONFIRMATIONS: String(CONFIRMATIONS),
      // What the command line calls the same token.
      GRIDWITNESS_ADMIN_TOKEN: secrets.admin_token,
    }
    await keepPrivate(file, environmentFile(environment))
    process.stdout.write(
      `MongoDB   ${stack.mongodbUri}\nIPFS      ${stack.ipfsUrl}\n` +
        `Ethereum  ${stack.rpcUrl}, chain ${stack.chainId}, contract ${stack.contract}\n` +
        `MQTT      ${stack.mqttUrl}\n\n` +
        `Start the portal in another terminal:\n\n  npm run dev -- --dotenv ${relative('', file)}\n\nCtrl-C stops.\n`,
    )
    await stopped
  } finally {
    await stack.stop()
  }
}

try {
  await main()
  process.exit()
} catch (error) {
  process.stderr.write(`stack: ${messageOf(error)}\n`)
  process.exit(EXIT_FAILED)
}
