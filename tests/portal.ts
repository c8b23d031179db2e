import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Acceptance } from '../shared/api/readings.ts'
import type { Batch } from '../shared/api/ledger.ts'
import { startPortal, stackEnvironment, type Portal, type PortalOptions } from '../stack/portal.ts'
import { startStack, type Stack } from '../stack/start.ts'
import { compileCache } from './compile-cache.ts'
import type { TestDevice } from './device.ts'

export const ADMIN_TOKEN = randomBytes(24).toString('hex')
const LOG_KEY = randomBytes(32).toString('hex')
const PERSONAL_DATA_KEY = randomBytes(32).toString('hex')

/** The built portal on a real stack of its own, in a folder that goes with it. */
export interface TestPortal {
  stack: Stack
  portal: Portal
  url: string
  dir: string
  env: Record<string, string>
  stop(): Promise<void>
}

/** `logFile`: name of a file in its folder to which the portal's output goes. */
export async function startTestPortal(
  env: Record<string, string> = {},
  { logFile }: { logFile?: string } = {},
): Promise<TestPortal> {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-test-'))
  const stack = await startStack({ dir })
  const environment = testEnvironment(stack, env)
  try {
    const output = logFile === undefined ? {} : { logFile: join(dir, logFile) }
    const portal = await startReadyPortal(environment, output)
    return {
      stack,
      portal,
      url: portal.url,
      dir,
      env: environment,
      async stop() {
        await portal.stop()
        await stack.stop()
        await rm(dir, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

/** A portal that has reached its database. */
export async function startReadyPortal(
  env: Record<string, string>,
  options: Omit<PortalOptions, 'env'> = {},
): Promise<Portal> {
  const portal = await startPortal({ env, ...options })
  await eventually('the portal ready', async () => (await get(portal.url, '/ready')).status === 200)
  return portal
}

/** A portal's environment on this stack, with a batch every second and two confirmations. */
export const testEnvironment = (
  stack: Stack,
  env: Record<string, string> = {},
): Record<string, string> => ({
  ...stackEnvironment(stack),
  ...compileCache(),
  NUXT_LOG_KEY: LOG_KEY,
  NUXT_PERSONAL_DATA_KEY: PERSONAL_DATA_KEY,
  NUXT_COMPLAINT_WORK: '4',
  NUXT_ADMIN_TOKEN: ADMIN_TOKEN,
  NUXT_METRICS_TOKEN: ADMIN_TOKEN,
  NUXT_BATCH_INTERVAL_SECONDS: '1',
  NUXT_CONFIRMATIONS: '2',
  NUXT_LEASE_SECONDS: '2',
  ...env,
})

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

async function answered<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}

export const get = async <T>(url: string, path: string): Promise<Answer<T>> =>
  answered(await fetch(`${url}${path}`))

export const send = async <T>(
  url: string,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> =>
  answered(
    await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  )

export const asAdmin = { authorization: `Bearer ${ADMIN_TOKEN}` }

export const postReadings = (url: string, body: unknown): Promise<Answer<Acceptance[]>> =>
  send(url, 'POST', '/api/v1/readings', body)

/** Creates an area and enrols devices in it. */
export async function enrol(
  url: string,
  areaId: string,
  devices: readonly Pick<TestDevice, 'facts'>[],
): Promise<void> {
  const area = await send(
    url,
    'PUT',
    `/api/v1/admin/areas/${areaId}`,
    { name: areaId, kind: 'district', parent_id: null, geometry: null },
    asAdmin,
  )
  if (area.status !== 200)
    throw new Error(`expected the area made, got ${area.status} ${JSON.stringify(area.body)}`)
  const enrolments = devices.map(({ facts }) => ({ area_id: areaId, device: facts }))
  const { status, body } = await send(url, 'POST', '/api/v1/admin/devices', enrolments, asAdmin)
  if (status !== 201)
    throw new Error(`expected the devices enrolled, got ${status} ${JSON.stringify(body)}`)
}

const POLL_MS = 100

/** Resolves with the first answer `look` finds; fails after `timeoutMs` with what was last seen. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null | undefined | false>,
  timeoutMs = 40_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let last: unknown = 'nothing'
  while (Date.now() < deadline) {
    try {
      const found = await look()
      if (found) return found
      last = found
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  throw new Error(`expected ${what} within ${timeoutMs} ms, last saw ${String(last)}`)
}

/** The batches of a portal, all of them. */
export async function allBatches(url: string): Promise<Batch[]> {
  const { body } = await get<{ items: Batch[] }>(url, '/api/v1/batches?limit=500')
  return body.items
}

/** Mines blocks on the development chain. */
export async function mine(stack: Stack, blocks: number): Promise<void> {
  await rpc(stack, 'anvil_mine', [`0x${blocks.toString(16)}`])
}

export async function rpc(stack: Stack, method: string, params: unknown[] = []): Promise<unknown> {
  const response = await fetch(stack.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  const answer: unknown = await response.json()
  if (answer === null || typeof answer !== 'object' || !('result' in answer))
    throw new Error(`${method}: ${JSON.stringify(answer)}`)
  return answer.result
}
