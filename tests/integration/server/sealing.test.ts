import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RecordRow } from '../../../server/models/index.ts'
import { loadLeafList } from '../../../server/services/leaf-list.ts'
import { sealBatch } from '../../../server/services/seal-batch.ts'
import { toHex, utf8 } from '../../../shared/bytes.ts'
import { leafHashOf } from '../../../shared/merkle/index.ts'
import { startServices, type ServiceTest } from './deps.ts'

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())

const rowOf = (areaId: string, type: RecordRow['type'], atMs: number): RecordRow => {
  const body = `${areaId} ${type} ${atMs}`
  return {
    _id: toHex(leafHashOf(utf8(body))),
    area_id: areaId,
    type,
    ordered_at: new Date(atMs),
    body,
    batch_number: null,
  }
}

/** Seals while an event, dated before all that waits but the first, is inserted just after the waiting records were read. */
async function sealMeeting(areaId: string, readings: number) {
  const { records, batches } = test.deps.models
  const waiting = Array.from({ length: readings }, (_, index) =>
    rowOf(areaId, 'reading', index * 2),
  )
  const event = rowOf(areaId, 'device_event', 1)
  await records.create(waiting)
  const find = records.find.bind(records)
  const meeting = new Proxy(records, {
    get: (target, name) => (name === 'find' ? findThenInsert : Reflect.get(target, name)),
  })
  let isInserted = false
  const findThenInsert = (...given: Parameters<typeof find>) => {
    const query = find(...given)
    const cursor = query.cursor.bind(query)
    const readAll = async function* (...options: Parameters<typeof cursor>) {
      yield* cursor(...options)
      if (!isInserted) await records.create([event])
      isInserted = true
    }
    return Object.assign(query, { cursor: readAll })
  }
  const deps = { ...test.deps, models: { ...test.deps.models, records: meeting } }
  await sealBatch(deps, areaId)
  const batch = await batches.findById(`${areaId}/1`).lean()
  const leaves = (await loadLeafList(test.deps, batch?.root ?? '')).map(toHex)
  return { leaves, event: event._id, waiting: waiting.map(({ _id }) => _id) }
}

it('takes an event that is inserted behind the reader into its place', async () => {
  const { leaves, event, waiting } = await sealMeeting('meets', 3)
  expect(leaves).toEqual(waiting.toSpliced(1, 0, event))
})

it('leaves the last reading to the next batch where the event makes one too many', async () => {
  const { leaves, event, waiting } = await sealMeeting('fills', test.deps.settings.maxBatchRecords)
  expect(leaves).toEqual(waiting.toSpliced(1, 0, event).slice(0, -1))
})
