import { afterAll, beforeAll, expect, it } from 'vitest'
import { dueSchema } from '../../../shared/api/ledger.ts'
import { dueBatches } from '../../../server/services/ledger/due-batches.ts'
import { publishBatches } from '../../../server/services/ledger/publish-batch.ts'
import { sealBatches } from '../../../server/services/ledger/seal-batch.ts'
import { startServices, type ServiceTest } from './deps.ts'
import { recordsDue } from './waiting.ts'

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
})
afterAll(() => test?.stop())

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
