import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mongoose from 'mongoose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Batch } from '../../../shared/api/ledger.ts'
import type { Portal } from '../../../stack/portal.ts'
import { startStack, type Stack } from '../../../stack/start.ts'
import { CITY, EMPTY, HEARTBEAT_MINUTES, liveThePast, WARD } from '../../lived-past.ts'
import { eventually, get, startReadyPortal, testEnvironment } from '../../portal.ts'
import { gridwitness } from './session.ts'

let dir: string
let stack: Stack
let portal: Portal

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-compare-'))
  stack = await startStack({ dir })
  await liveThePast(stack)
  portal = await startReadyPortal(
    testEnvironment(stack, { NUXT_HEARTBEAT_MINUTES: String(HEARTBEAT_MINUTES) }),
  )
  await eventually('every record anchored', async () => {
    const { body } = await get<{ items: Batch[] }>(
      portal.url,
      `/api/v1/batches?area_id=${WARD}&limit=500`,
    )
    return body.items.length > 0 && body.items.every(({ anchor }) => anchor !== null)
  })
  await eventually('three outages derived', async () => {
    const { body } = await get<{ items: unknown[] }>(portal.url, `/api/v1/areas/${WARD}/outages`)
    return body.items.length >= 3
  })
})
afterAll(async () => {
  await portal?.stop()
  await stack?.stop()
  await rm(dir, { recursive: true, force: true })
})

const sevenDaysAgo = () =>
  new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 'YYYY-MM-DD'.length)

const compare = (areaId: string) =>
  gridwitness([
    ...['audit', '--area', areaId, '--rpc', stack.rpcUrl, '--deployments', stack.deploymentsDir],
    ...['--ipfs', portal.url, '--heartbeat', String(HEARTBEAT_MINUTES)],
    ...['--from', sevenDaysAgo(), '--compare', portal.url],
  ])

it('what a real portal shows of the past days is what its ledger says', async () => {
  const { stdout, stderr, code } = await compare(WARD)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^Agrees: \d+ figures and [1-9]\d* outages?\.$/m)
  expect(code).toBe(0)
})

it('so are its sums over all areas of a city, one of which nobody has heard of', async () => {
  const { stdout, stderr, code } = await compare(CITY)
  expect(stderr).toBe('')
  expect(stdout).toContain(`\n    ${EMPTY}: the contract holds no batch\n`)
  expect(stdout).toMatch(/^Agrees: \d+ figures and [1-9]\d* outages?\.$/m)
  expect(code).toBe(0)
})

it('a portal whose database was made to look better is found out', async () => {
  const connection = await mongoose.createConnection(stack.mongodbUri).asPromise()
  const outages = connection.collection('outages')
  const { _id } = (await outages.findOne({}, { sort: { started_at: 1 } })) ?? {}
  await outages.deleteOne({ _id })
  await connection.collection('area_days').updateMany({}, { $set: { 'sums.sustained': 0 } })
  await connection.close()
  const { stdout, code } = await compare(CITY)
  expect(stdout).toContain(`✗ ${String(_id)}  outage: audited since `)
  expect(stdout).toMatch(/saifi: audited [\d.]+, portal 0$/m)
  expect(stdout).toMatch(/^Differs: /m)
  expect(code).toBe(1)
})
