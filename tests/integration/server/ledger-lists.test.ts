import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchesSchema, dueSchema, failuresSchema } from '../../../shared/api/ledger.ts'
import { glimpsesOf } from '../../../server/adapters/glimpses.ts'
import { kuboIpfs } from '../../../server/adapters/ipfs.ts'
import { checkReadiness } from '../../../server/services/check-readiness.ts'
import type { Deps } from '../../../server/services/deps.ts'
import { describeLedgerForAdmin } from '../../../server/services/ledger/administer-ledger.ts'
import { dueBatches } from '../../../server/services/ledger/due-batches.ts'
import { findBatch, listBatches } from '../../../server/services/ledger/list-batches.ts'
import { listFailures } from '../../../server/services/ledger/list-failures.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import type { BatchRow } from '../../../server/models/index.ts'
import { ethereumOf, startServices, type ServiceTest } from './deps.ts'
import { openRpcLine } from './rpc-line.ts'
import { recordsDue } from './waiting.ts'

const AREAS = 60
const BATCHES_OF_AN_AREA = 20
const START_MS = Date.parse('2026-11-21T00:00:00.000Z')
const MS_PER_MINUTE = 60_000

let test: ServiceTest
/** Commands sent by the driver since the test asked. */
let sent: Record<string, unknown>[] = []
let onTheWay = 0
let mostOnTheWay = 0
beforeAll(async () => {
  test = await startServices({ monitorCommands: true })
  const { models } = test.deps
  const client = models.batches.db.getClient()
  client.on('commandStarted', ({ command }) => {
    sent.push(command)
    onTheWay += 1
    mostOnTheWay = Math.max(mostOnTheWay, onTheWay)
  })
  const ended = () => (onTheWay -= 1)
  client.on('commandSucceeded', ended).on('commandFailed', ended)
  const areas = Array.from({ length: AREAS }, (_, index) => `area-${index}`)
  await models.areas.create(
    areas.map((_id) => ({ _id, name: _id, kind: 'district', parent_id: null, geometry: null })),
  )
  await models.batches.create(areas.slice(0, 10).flatMap(batchesOf))
})
afterAll(() => test?.stop())

/** Final batches of an area, an hour of minutes apart; the last of them is published and fails. */
const batchesOf = (areaId: string, place: number): BatchRow[] =>
  Array.from({ length: BATCHES_OF_AN_AREA }, (_, index) => {
    const number = index + 1
    const isLast = number === BATCHES_OF_AN_AREA
    const at = new Date(START_MS + (number * 60 + place) * MS_PER_MINUTE)
    const hash = `${place}${number}`.padStart(64, '0')
    const roots = { root: hash, previous_root: hash }
    const failure = {
      ...{ step: 'anchor' as const, code: 'chain_unavailable', message: 'away' },
      ...{ at, attempt: 1, next_try_at: at },
    }
    return {
      ...{ _id: `${areaId}/${number}`, area_id: areaId, number, size: 1, ...roots },
      ...{ state: isLast ? 'published' : 'final', sealed_at: at, changed_at: at },
      ...{ is_marked: true, cid: 'bafk', anchor: null, failure: isLast ? failure : null },
    }
  })

/** What the latest query of a collection cost: the rows it read, and whether they were sorted outside an index. */
async function costOf(collection: string) {
  const command = sent.findLast(({ find }) => find === collection)
  const { filter, sort, limit } = command ?? {}
  const explained = await test.deps.models.batches.db.db?.command({
    explain: { find: collection, filter, sort, limit },
    verbosity: 'executionStats',
  })
  return {
    rows: explained?.['executionStats'].totalDocsExamined,
    isSorted: JSON.stringify(explained).includes('"SORT"'),
  }
}

it('a batch is due one interval after its oldest record, and no longer once it is published', async () => {
  const { deps, clock } = test
  expect((await dueBatches(deps, {})).items).toEqual([])
  await recordsDue(test, 'patna', 1)
  const dueAt = clock.now()
  await recordsDue(test, 'gaya', 2)

  const due = dueSchema.parse(await dueBatches(deps, {}))
  expect(due.as_of).toBe(clock.now().toISOString())
  expect(due.items.map(({ area_id }) => area_id)).toEqual(['patna', 'gaya'])
  expect(due.items[0]).toMatchObject({
    oldest_at: new Date(dueAt.getTime() - deps.settings.batchIntervalMs).toISOString(),
    due_at: dueAt.toISOString(),
  })
  const { items } = await dueBatches(deps, { area_id: 'gaya' })
  expect(items.map(({ area_id }) => area_id)).toEqual(['gaya'])

  await sealBatches(deps)
  await publishBatches(deps)
  expect((await dueBatches(deps, {})).items).toEqual([])
})

it('batches of an area come the latest first, page by page, and only those shown are read', async () => {
  const first = batchesSchema.parse(await listBatches(test.deps, { area_id: 'area-3', limit: 4 }))
  expect(first.items.map(({ number }) => number)).toEqual([20, 19, 18, 17])
  const second = await listBatches(test.deps, {
    ...{ area_id: 'area-3', limit: 4 },
    cursor: first.next ?? undefined,
  })
  expect(second.items.map(({ number }) => number)).toEqual([16, 15, 14, 13])
  expect(await costOf('batches')).toEqual({ rows: 5, isSorted: false })
})

it('a place among the batches of another area is none among these', async () => {
  const { next } = await listBatches(test.deps, { area_id: 'area-3', limit: 4 })
  await expect(
    listBatches(test.deps, { area_id: 'area-4', limit: 4, cursor: next ?? undefined }),
  ).rejects.toMatchObject({ code: 'malformed' })
})

it('failures come the latest first, page by page, and no batch without one is read', async () => {
  const at = new Date(START_MS + (BATCHES_OF_AN_AREA * 60 + 7.5) * MS_PER_MINUTE)
  const failure = { step: 'seal' as const, code: 'x', message: 'y', attempt: 1 }
  await test.deps.models.failures.create({
    _id: 'seal:area-9',
    failure: { ...failure, at, next_try_at: at },
  })
  const first = failuresSchema.parse(await listFailures(test.deps, { limit: 3 }))
  expect(first.items.map(({ subject }) => subject)).toEqual([
    'area-9/20',
    'area-8/20',
    'seal:area-9',
  ])
  expect(await costOf('batches')).toEqual({ rows: 4, isSorted: false })
  const cursor = first.next ?? undefined
  const second = await listFailures(test.deps, { limit: 100, cursor })
  expect(second.items.map(({ subject }) => subject)).toEqual(
    [7, 6, 5, 4, 3, 2, 1, 0].map((place) => `area-${place}/20`),
  )
  expect(second.next).toBeNull()
})

it('what is due is asked of a few areas at a time, so that all else is answered meanwhile', async () => {
  mostOnTheWay = 0
  sent = []
  await dueBatches(test.deps, {})
  expect(sent.filter(({ find }) => find === 'records')).toHaveLength(AREAS + 2)
  expect(mostOnTheWay).toBeLessThanOrEqual(8)
})

it('stores that hang hold up nobody who probes or reads: what they would say is unknown, with the reason', async () => {
  const anchor = {
    ...{ transaction: `0x${'7a'.repeat(32)}`, block_number: 3, block_hash: `0x${'7b'.repeat(32)}` },
    anchored_at: new Date(START_MS),
  }
  await test.deps.models.batches.updateOne({ _id: 'area-0/20' }, { $set: { anchor } })
  const store = createServer(() => undefined)
  store.listen(0, '127.0.0.1')
  await once(store, 'listening')
  const line = await openRpcLine(test.stack.rpcUrl, () => 'silence')
  try {
    const stores = {
      ethereum: ethereumOf(test.stack, { rpcUrl: line.url }),
      ipfs: kuboIpfs(`http://127.0.0.1:${Object(store.address()).port}/api/v0`),
    }
    const deps: Deps = { ...test.deps, ...stores, glimpses: glimpsesOf(stores) }
    const beganAtMs = performance.now()
    const [readiness, list, one, ledger] = await Promise.all([
      checkReadiness(deps),
      listBatches(deps, { limit: 1, area_id: 'area-0' }),
      findBatch(deps, 'area-0', 20),
      describeLedgerForAdmin(deps),
    ])
    expect(await checkReadiness(deps)).toEqual(readiness)
    // A probe of Kubernetes gives up after five seconds.
    expect(performance.now() - beganAtMs).toBeLessThan(3_000)
    expect(readiness.ready).toBe(true)
    const away = { ok: false, detail: 'overdue' }
    expect(readiness.dependencies).toMatchObject({ ipfs: away, ethereum: away })
    expect(list.items).toEqual([one])
    expect(one.anchor).toMatchObject({
      ...{ confirmations: null, confirmations_reason: 'chain_unavailable' },
    })
    expect(ledger).toMatchObject({ balance_wei: null, balance_reason: 'chain_unavailable' })
  } finally {
    await line.close()
    store.closeAllConnections()
    store.close()
  }
})
