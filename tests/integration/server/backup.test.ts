import type { mongo } from 'mongoose'
import mongoose from 'mongoose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Portal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  allBatches,
  enrol,
  eventually,
  get,
  postReadings,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'
import { leavesOnChain } from './leaves-on-chain.ts'

const AREA = 'backed-up'
/** As docs/backup.md says: nothing refers to what was dumped before it and may since have changed. */
const FIRST = ['batches', 'leaf_lists']
/** Nobody is asked: the portal's own node has the files. */
const NO_GATEWAY = 'http://127.0.0.1:9'

let test: TestPortal
const device = new TestDevice('backed-up')
const sent: object[] = []
const acknowledged: string[] = []

beforeAll(async () => {
  test = await startTestPortal()
  await enrol(test.url, AREA, [device])
})
afterAll(() => test?.stop())

async function handIn(url: string): Promise<void> {
  const some = [device.read(), device.read()]
  const { status, body } = await postReadings(url, some)
  expect(status).toBe(201)
  sent.push(...some)
  for (const answer of body) if ('leaf_hash' in answer) acknowledged.push(answer.leaf_hash)
}

type Dump = Map<string, mongo.BSON.Document[]>

/** Every collection, one after the other, as `mongodump` reads them; something is handed in before each. */
async function dump(uri: string, meanwhile: () => Promise<void>): Promise<Dump> {
  const connection = await mongoose.createConnection(uri).asPromise()
  const names = (await connection.listCollections()).map(({ name }) => name)
  const dumped: Dump = new Map()
  for (const name of [...FIRST, ...names.filter((other) => !FIRST.includes(other))]) {
    await meanwhile()
    dumped.set(name, await connection.collection(name).find().toArray())
  }
  await connection.close()
  return dumped
}

async function load(uri: string, dumped: Dump): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise()
  for (const [name, rows] of dumped)
    if (rows.length > 0) await connection.collection(name).insertMany(rows)
  await connection.close()
}

const settled = (url: string) =>
  eventually('everything anchored', async () => {
    const { body } = await get<{ items: unknown[] }>(url, '/api/v1/ledger/due')
    const batches = await allBatches(url)
    return body.items.length === 0 && batches.every(({ state }) => /anchored|final/.test(state))
  })

it('a backup taken under load and restored loses nothing it knew, doubles nothing, and the ledger goes on', async () => {
  await handIn(test.url)
  await settled(test.url)
  const uri = test.stack.mongodbUri
  const dumped = await dump(uri, () => handIn(test.url))
  const known = [...acknowledged]
  // Sealed and anchored after the backup.
  await handIn(test.url)
  await settled(test.url)
  const before = await allBatches(test.url)
  test.portal.kill('SIGKILL')
  await test.portal.exited

  const restoredUri = uri.replace(/\/[^/?]*(\?|$)/, '/restored$1')
  await load(restoredUri, dumped)
  const env = { ...test.env, NUXT_MONGODB_URI: restoredUri }
  let portal: Portal = await startReadyPortal({ ...env, NUXT_RESTORE_FROM: NO_GATEWAY })
  try {
    expect((await postReadings(portal.url, [device.read()])).status).toBe(503)
    const restored = await openModels({ mongodbUri: restoredUri })
    await eventually('all batches of before', async () => {
      const batches = await allBatches(portal.url)
      const last = Math.max(...batches.map(({ number }) => number))
      const orphans = { area_id: AREA, batch_number: { $gt: last } }
      return (
        batches.length === before.length &&
        (await restored.models.records.countDocuments(orphans)) === 0
      )
    })
    await restored.close()
    expect((await allBatches(portal.url)).map(({ root }) => root)).toEqual(
      before.map(({ root }) => root),
    )
  } finally {
    await portal.stop()
  }

  portal = await startReadyPortal(env)
  test.portal = portal
  test.url = portal.url
  // A device sends again what it is not sure of: all of it is known.
  const again = await postReadings(portal.url, sent)
  expect(again.body.map(({ status }) => status)).toEqual(sent.map(() => 'duplicate'))
  await handIn(portal.url)
  await settled(portal.url)
  const leaves = await leavesOnChain(test.stack, portal.url, AREA)
  expect(new Set(leaves).size).toBe(leaves.length)
  expect([...known, ...acknowledged].filter((leaf) => !leaves.includes(leaf))).toEqual([])
})
