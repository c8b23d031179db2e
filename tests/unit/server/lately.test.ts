import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { lately } from '../../../server/adapters/lately.ts'

/** A store that answers when it is told to, and counts what it is asked. */
function store() {
  const asked: PromiseWithResolvers<number>[] = []
  const ask = () => {
    const question = Promise.withResolvers<number>()
    asked.push(question)
    return question.promise
  }
  return { asked, ask }
}

it('an answer is given again while it is young, and those who ask meanwhile share it', async () => {
  const { asked, ask } = store()
  const glimpse = lately(ask, { waitMs: 1000, keepMs: 1000 })
  const both = Promise.all([glimpse(), glimpse()])
  asked[0]?.resolve(7)
  expect(await both).toEqual([7, 7])
  expect(await glimpse()).toBe(7)
  expect(asked).toHaveLength(1)
})

it('nobody waits for a store that hangs, and it is asked once; when it answers at last, that is taken', async () => {
  const { asked, ask } = store()
  const glimpse = lately(ask, { waitMs: 5, keepMs: 1000 })
  await expect(glimpse()).rejects.toMatchObject({ code: 'overdue' })
  await expect(glimpse()).rejects.toMatchObject({ code: 'overdue' })
  expect(asked).toHaveLength(1)
  asked[0]?.resolve(8)
  await setTimeout()
  expect(await glimpse()).toBe(8)
})

it('a refusal is told as it is, and not kept', async () => {
  const { asked, ask } = store()
  const glimpse = lately(ask, { waitMs: 1000, keepMs: 1000 })
  const refused = glimpse()
  asked[0]?.reject(new Error('no'))
  await expect(refused).rejects.toThrow('no')
  const next = glimpse()
  asked[1]?.resolve(9)
  expect(await next).toBe(9)
})
