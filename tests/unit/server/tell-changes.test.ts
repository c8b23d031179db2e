import { describe, expect, it } from 'vitest'
import type { Change } from '../../../server/services/follow-changes.ts'
import { placesOf } from '../../../server/services/limits/places.ts'
import { MAX_ONE_BY_ONE, toldOf } from '../../../server/services/tell-changes.ts'

const AT_MS = Date.UTC(2026, 10, 21)

/** Counts how often it is written as JSON. */
function change(n: number, type: Change['type'] = 'status', areaId = 'patna') {
  const written = { times: 0 }
  const data = { n, toJSON: () => ((written.times += 1), { n }) }
  const one = { type, areaId, at: new Date(AT_MS + n), data } as unknown as Change
  return { one, written }
}
const many = (length: number, type?: Change['type'], areaId?: string) =>
  Array.from({ length }, (_, n) => change(n, type, areaId).one)

describe('a listener', () => {
  it('is told of what it asked for: its area, its types', () => {
    const changes = [change(1).one, change(2, 'outage').one, change(3, 'status', 'gaya').one]
    const idsOf = (wanted: Parameters<typeof toldOf>[1]) =>
      toldOf(changes, wanted).map(({ data }) => data)
    expect(idsOf({})).toEqual(['{"n":1}', '{"n":2}', '{"n":3}'])
    expect(idsOf({ types: ['outage', 'batch'] })).toEqual(['{"n":2}'])
    expect(idsOf({ areaId: 'gaya' })).toEqual(['{"n":3}'])
    expect(idsOf({ areaId: 'gaya', types: ['outage'] })).toEqual([])
  })

  it('is told of more than a hundred at once that there were many, and resumes after them', () => {
    const changes = [...many(MAX_ONE_BY_ONE + 1), change(0, 'outage').one]
    expect(toldOf(changes, {})).toEqual([
      { id: new Date(AT_MS).toISOString(), event: 'outage', data: '{"n":0}' },
      {
        id: new Date(AT_MS + MAX_ONE_BY_ONE).toISOString(),
        event: 'changed',
        data: `{"type":"status","changes":${MAX_ONE_BY_ONE + 1}}`,
      },
    ])
    expect(toldOf(many(MAX_ONE_BY_ONE), {})).toHaveLength(MAX_ONE_BY_ONE)
    const elsewhere = [...many(1_000, 'status', 'gaya'), change(1).one]
    expect(toldOf(elsewhere, { areaId: 'patna' })).toHaveLength(1)
  })

  it('costs no writing of what another was told', () => {
    const { one, written } = change(1)
    for (let listeners = 0; listeners < 3; listeners += 1) toldOf([one], {})
    expect(written.times).toBe(1)
  })
})

it('places are given out so many at a time, each once', () => {
  const take = placesOf(2)
  const [first, second] = [take('here'), take('here')]
  expect([take('here'), take('there')]).toEqual([null, expect.any(Function)])
  first?.()
  first?.()
  expect([typeof take('here'), take('here')]).toEqual(['function', null])
  second?.()
  expect(take('here')).not.toBeNull()
})
