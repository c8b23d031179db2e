import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RecordRow } from '../../../server/models/index.ts'
import { leafIds, loadLeafList } from '../../../server/services/ledger/leaf-list.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatch } from '../../../server/services/ledger/seal-batch.ts'
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
  // Whether an event was missed is asked next: by then it is there.
  const find = ((...given: Parameters<typeof records.find>) => {
    const query = records.find(...given)
    const lean = query.lean.bind(query)
    return Object.assign(query, {
      lean: async () => {
        if (!(await records.exists({ _id: event._id }))) await records.create([event])
        return lean()
      },
    })
  }) as typeof records.find
  const meeting = new Proxy(records, {
    get: (target, name) => (name === 'find' ? find : Reflect.get(target, name)),
  })
  await sealBatch({ ...test.deps, models: { ...test.deps.models, records: meeting } }, areaId)
  const batch = await batches.findById(`${areaId}/1`).lean()
  const leaves = leafIds(await loadLeafList(test.deps, batch?.root ?? ''))
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

it.each([
  ['none of its records', null],
  ['all of its records', 1],
])(
  'finishes a batch that a crash left with %s marked, though nothing waits behind it',
  async (_, marked) => {
    const { records, batches } = test.deps.models
    const areaId = `crashed-${marked ?? 'early'}`
    await test.deps.models.areas.create([
      { _id: areaId, name: areaId, kind: 'district', parent_id: null },
    ])
    await records.create([rowOf(areaId, 'reading', 1), rowOf(areaId, 'reading', 2)])
    await sealBatch(test.deps, areaId)
    await records.updateMany({ area_id: areaId }, { batch_number: marked })

    await publishBatches(test.deps)
    expect(await batches.countDocuments({ area_id: areaId, is_marked: true })).toBe(1)
    expect(await records.countDocuments({ area_id: areaId, batch_number: 1 })).toBe(2)
    expect(await batches.countDocuments({ area_id: areaId })).toBe(1)
  },
)
