import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeByTime } from '../../../../stack/demo/merge.ts'

const inOrder = fc
  .array(fc.nat(20))
  .map((times) => times.toSorted((a, b) => a - b).map((at) => ({ at })))

test('merging gives every item once, by time and then by source', () => {
  fc.assert(
    fc.property(fc.array(inOrder, { maxLength: 8 }), (sources) => {
      const marked = sources.map((items, source) => items.map(({ at }) => ({ at, source })))
      const expected = marked.flat().toSorted((a, b) => a.at - b.at || a.source - b.source)
      expect([...mergeByTime(marked)]).toEqual(expected)
    }),
  )
})

test('merging takes from each source only what it needs next', () => {
  let taken = 0
  function* endless(): Generator<{ at: number }> {
    for (let at = 0; ; at += 1) {
      taken += 1
      yield { at }
    }
  }
  const merged = mergeByTime([endless(), endless()])
  merged.next()
  expect(taken).toBe(2)
})
