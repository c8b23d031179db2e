import { expect, it } from 'vitest'
import { queryOfQueue, queueFilterOf } from '../../../composables/queue-filter.ts'

it.each([
  {},
  { show: 'severity' },
  { show: 'closed', area: 'in-br-patna', kind: 'hazard' },
  { show: 'contradicted' },
])('a queue narrowed as %j is found again by its address', (query) => {
  expect(queryOfQueue(queueFilterOf(query))).toEqual(query)
})

it('an address that says what is not known shows the open ones by the clock', () => {
  const strange = { show: 'all', kind: 'billing', area: ['a', 'b'] }
  expect(queueFilterOf(strange)).toEqual({ show: 'open', order: 'clock' })
})
