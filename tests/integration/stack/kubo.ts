import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from '../../portal.ts'

const run = promisify(execFile)
const MS_UNTIL_READY = 30_000

/** The version of Kubo on this machine's path; null where there is none. */
export function kuboVersion(): string | null {
  try {
    return execFileSync('ipfs', ['version', '--number'], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

export interface Kubo {
  apiUrl: string
  gatewayUrl: string
  stop(): Promise<void>
}

/** A real node in a folder of its own, with no peers and on ports that are free. A folder it was in before is gone on with. */
export async function startKubo(dir: string): Promise<Kubo> {
  const env = { PATH: process.env['PATH'], IPFS_PATH: dir, IPFS_TELEMETRY: 'off' }
  const ipfs = (...args: string[]) => run('ipfs', args, { env })
  await ipfs('init', '--empty-repo', '--profile=test').catch((error: unknown) => {
    if (!String(error).includes('already')) throw error
  })
  await ipfs('bootstrap', 'rm', '--all')
  for (const address of ['API', 'Gateway'])
    await ipfs('config', `Addresses.${address}`, '/ip4/127.0.0.1/tcp/0')
  await ipfs('config', '--json', 'Addresses.Swarm', '[]')
  const daemon = spawn('ipfs', ['daemon', '--offline'], { env, stdio: 'ignore' })
  const ended = once(daemon, 'exit')
  const addressIn = (file: string) =>
    eventually(
      `Kubo's ${file}`,
      async () => (await readFile(join(dir, file), 'utf8')).trim() || null,
      MS_UNTIL_READY,
    )
  const [api, gatewayUrl] = await Promise.all([addressIn('api'), addressIn('gateway')])
  const port = api.split('/').at(-1)
  return {
    apiUrl: `http://127.0.0.1:${port}/api/v0`,
    gatewayUrl,
    async stop() {
      daemon.kill('SIGTERM')
      await ended
    },
  }
}
