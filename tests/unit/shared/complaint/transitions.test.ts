import { describe, expect, it } from 'vitest'
import {
  COMPLAINT_STATUSES,
  TRANSITIONS,
  type ComplaintRole,
  type ComplaintStatus,
} from '../../../../shared/complaint/index.ts'
import { statusAfter } from '../../../../shared/complaint/transitions.ts'
import { COMPLAINT_EVENTS } from '../../../../shared/record/index.ts'

const ROLES: ComplaintRole[] = ['citizen', 'official', 'system']
const STATES = [...COMPLAINT_STATUSES, null]

/** docs/formats/complaint.md, said once more: status, events officials may do, events citizens may do. */
const EXPECTED: [ComplaintStatus | null, official: string, citizen: string][] = [
  [null, '', 'filed'],
  ['filed', 'acknowledged assigned in_progress resolved rejected', ''],
  ['acknowledged', 'assigned in_progress resolved rejected', ''],
  ['assigned', 'assigned in_progress resolved rejected', ''],
  ['in_progress', 'assigned resolved rejected', ''],
  ['resolved', 'reopened', 'disputed'],
  ['disputed', 'reopened rejected', ''],
  ['reopened', 'acknowledged assigned in_progress resolved rejected', ''],
  ['rejected', 'reopened', 'disputed'],
]

const isExpected = (status: ComplaintStatus | null, event: string, role: ComplaintRole) => {
  if (event === 'commented' || event === 'redacted') return status !== null
  const [, official = '', citizen = ''] = EXPECTED.find(([from]) => from === status) ?? []
  const allowed = { official, citizen, system: '' }[role]
  return allowed.split(' ').includes(event)
}

describe('the table of transitions', () => {
  it('has every status', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...COMPLAINT_STATUSES, 'none'].sort())
    expect(EXPECTED.length).toBe(STATES.length)
  })

  const cases = STATES.flatMap((status) =>
    COMPLAINT_EVENTS.flatMap((event) => ROLES.map((role) => ({ status, event, role }))),
  )
  it.each(cases)('while $status: $event by $role', ({ status, event, role }) => {
    const after = () => statusAfter(status, event, role)
    if (!isExpected(status, event, role)) {
      const isKnown = ROLES.some((other) => isExpected(status, event, other))
      expect(after).toThrow(
        expect.objectContaining({ code: isKnown ? 'forbidden' : 'complaint_conflict' }),
      )
      return
    }
    const leaves = event === 'commented' || event === 'redacted'
    expect(after()).toBe(leaves ? status : event)
  })
})
