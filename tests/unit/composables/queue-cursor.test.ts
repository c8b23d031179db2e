import { nextTick, ref, shallowRef } from 'vue'
import { expect, it } from 'vitest'
import { useQueueCursor, type AtHand } from '../../../composables/useQueueCursor.ts'
import { useStepDrafts } from '../../../composables/useStepDrafts.ts'
import type { QueuedComplaint } from '../../../shared/api/complaint-admin.ts'

/** Of a complaint, only what a queue goes by. */
const complaint = (complaint_id: string) => ({ complaint_id }) as QueuedComplaint
const SIX = ['a', 'b', 'c', 'd', 'e', 'f']

function queue() {
  const items = ref(SIX.map(complaint))
  const openId = ref<string | null>(null)
  const opened = shallowRef<AtHand | null>(null)
  const show = (id: string | null) => {
    openId.value = id
    opened.value = id === null ? null : complaint(id)
  }
  const focused: string[] = []
  const cursor = useQueueCursor({
    ...{ items, openId, opened, open: show },
    focus: (id) => focused.push(id),
  })
  const idsOf = (on: 'opened' | 'chosen') =>
    cursor.targetsOf(on).map(({ complaint_id }) => complaint_id)
  const leave = (id: string) => {
    items.value = items.value.filter(({ complaint_id }) => complaint_id !== id)
  }
  return { cursor, idsOf, show, leave, opened, openId, last: () => focused.at(-1) }
}

it('buttons of the open complaint act on it alone, those above the queue on the ticked ones', () => {
  const { cursor, idsOf, show } = queue()
  cursor.choose('a')
  cursor.choose('b')
  show('c')
  expect(idsOf('opened')).toEqual(['c'])
  expect(idsOf('chosen')).toEqual(['a', 'b'])
})

it('keys act on the ticked ones, but on the open one where that is another', () => {
  const { cursor, show } = queue()
  expect(cursor.keysOn.value).toBe('opened')
  cursor.choose('a')
  cursor.choose('b')
  expect(cursor.keysOn.value).toBe('chosen')
  show('c')
  expect(cursor.keysOn.value).toBe('opened')
  show('b')
  expect(cursor.keysOn.value).toBe('chosen')
})

it('acts on the row of what was just asked for, not on what was open before', () => {
  const { idsOf, show, openId } = queue()
  show('a')
  openId.value = 'b'
  expect(idsOf('opened')).toEqual(['b'])
})

it('goes on from where a complaint was that left the queue', async () => {
  const { cursor, show, leave, last } = queue()
  show('d')
  leave('d')
  await nextTick()
  cursor.move(1)
  expect(last()).toBe('e')
  leave('e')
  cursor.move(-1)
  expect(last()).toBe('c')
})

it('goes on with the next one where the last row left', () => {
  const { cursor, leave, last, idsOf } = queue()
  cursor.put('f')
  leave('f')
  expect(idsOf('opened')).toEqual(['e'])
  cursor.move(-1)
  expect(last()).toBe('d')
})

it('keeps what was typed for a step until it is taken', () => {
  const { draft, open, drop } = useStepDrafts()
  open('assign a')
  draft.value.note = 'Words'
  draft.value.team = 'north'
  open('resolve b')
  expect(draft.value).toMatchObject({ note: '', team: 'north' })
  open('assign a')
  expect(draft.value.note).toBe('Words')
  drop()
  open('assign a')
  expect(draft.value.note).toBe('')
})
