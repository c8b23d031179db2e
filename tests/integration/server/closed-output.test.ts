import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../stack/ports.ts'
import { eventually, get } from '../../portal.ts'

const ENTRY = fileURLToPath(new URL('../../../.output/server/index.mjs', import.meta.url))
const HASH = `0x${'11'.repeat(32)}`
/** Nothing listens there: the server says so, again and again. */
const NOWHERE = '127.0.0.1:9'
const WATCHED_MS = 1_500

let dir: string
let url: string
let server: ChildProcess

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-output-'))
  const deployment = {
    chain_id: 5,
    contract: `0x${'22'.repeat(20)}`,
    transaction: HASH,
    block_number: 1,
    code_hash: HASH,
    deployed_at: '2026-01-01T00:00:00.000Z',
  }
  await writeFile(join(dir, '5.json'), JSON.stringify(deployment))
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  const secret = () => randomBytes(32).toString('hex')
  server = spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      NUXT_MONGODB_URI: `mongodb://${NOWHERE}/x?serverSelectionTimeoutMS=200&connectTimeoutMS=200`,
      NUXT_IPFS_API_URL: `http://${NOWHERE}`,
      NUXT_ETHEREUM_RPC_URL: `http://${NOWHERE}`,
      NUXT_CHAIN_ID: '5',
      NUXT_DEPLOYMENTS_DIR: dir,
      NUXT_ANCHORING_KEY: secret(),
      NUXT_LOG_KEY: secret(),
      NUXT_ADMIN_TOKEN: secret(),
      NUXT_PERSONAL_DATA_KEY: secret(),
    },
  })
  await eventually('an answer', async () => (await get(url, '/health')).status === 200)
})
afterAll(async () => {
  server?.kill('SIGKILL')
  await rm(dir, { recursive: true, force: true })
})

/** Processor time used so far, in clock ticks of 10 ms (proc(5), fields 14 and 15). */
async function ticks(): Promise<number> {
  const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}

it('a server whose output nobody reads any more goes on, and does not run in circles', async () => {
  server.stdout?.destroy()
  server.stderr?.destroy()
  const before = await ticks()
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
  const used = (await ticks()) - before
  expect(used).toBeLessThan(WATCHED_MS / 20)
  expect((await get(url, '/health')).status).toBe(200)
})
