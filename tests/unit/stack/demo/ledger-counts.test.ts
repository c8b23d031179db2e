import { expect, test } from 'vitest'
import type { Batch } from '../../../../shared/api/ledger.ts'
import { ledgerCounts } from '../../../../stack/demo/ledger-counts.ts'

const batch = (area_id: string, number: number, state: Batch['state']): Batch => ({
  area_id,
  number,
  state,
  size: 1,
  root: '',
  previous_root: '',
  cid: null,
  sealed_at: '',
  anchor: null,
  failure: null,
})

/** A list of batches, newest first, two a page. */
function portalWith(batches: Batch[]) {
  const asked: (string | null)[] = []
  return {
    asked,
    batches: (cursor: string | null) => {
      asked.push(cursor)
      const from = Number(cursor ?? 0)
      const next = from + 2 < batches.length ? String(from + 2) : null
      return Promise.resolve({ items: batches.slice(from, from + 2), next })
    },
  }
}

test('batches of all areas are counted over all pages', async () => {
  const portal = portalWith([
    batch('a', 3, 'sealed'),
    batch('b', 2, 'published'),
    batch('a', 2, 'anchored'),
    batch('b', 1, 'final'),
    batch('a', 1, 'final'),
  ])
  expect(await ledgerCounts(portal).refresh()).toEqual({ sealed: 5, anchored: 3 })
})

test('later looks read only pages with news', async () => {
  const batches = [batch('a', 2, 'sealed'), batch('b', 1, 'final'), batch('a', 1, 'final')]
  const portal = portalWith(batches)
  const counts = ledgerCounts(portal)
  await counts.refresh()
  portal.asked.length = 0
  await counts.refresh()
  expect(portal.asked).toEqual([null])

  batches.unshift(batch('b', 2, 'anchored'))
  expect(await counts.refresh()).toEqual({ sealed: 4, anchored: 3 })
})

test('a reorganisation that takes an anchor away does not make counts go back', async () => {
  const batches = [batch('a', 1, 'anchored')]
  const counts = ledgerCounts(portalWith(batches))
  await counts.refresh()
  batches[0] = batch('a', 1, 'published')
  expect(await counts.refresh()).toEqual({ sealed: 1, anchored: 1 })
})
