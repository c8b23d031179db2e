import { CodedError } from '../coded-error.ts'
import type { ComplaintEventRecord } from '../record/index.ts'

export type ComplaintEvent = ComplaintEventRecord['event']
export type ComplaintRole = ComplaintEventRecord['actor']['role']

export const COMPLAINT_STATUSES = [
  'filed',
  'acknowledged',
  'assigned',
  'in_progress',
  'resolved',
  'disputed',
  'reopened',
  'rejected',
] as const satisfies readonly ComplaintEvent[]
export type ComplaintStatus = (typeof COMPLAINT_STATUSES)[number]

type Rules = Partial<Record<ComplaintEvent, readonly ComplaintRole[]>>

const OFFICIAL = ['official'] as const
/** Adding to a complaint or erasing what is personal in it is possible at any time and leaves its status alone. */
const ALWAYS = {
  commented: ['citizen', 'official', 'system'],
  redacted: ['citizen', 'official', 'system'],
} as const satisfies Rules

/** What may happen to a complaint of a status, and who may do it; docs/formats/complaint.md holds the same table. */
export const TRANSITIONS: Record<ComplaintStatus | 'none', Rules> = {
  none: { filed: ['citizen'] },
  filed: {
    acknowledged: OFFICIAL,
    assigned: OFFICIAL,
    in_progress: OFFICIAL,
    resolved: OFFICIAL,
    rejected: OFFICIAL,
    ...ALWAYS,
  },
  acknowledged: {
    assigned: OFFICIAL,
    in_progress: OFFICIAL,
    resolved: OFFICIAL,
    rejected: OFFICIAL,
    ...ALWAYS,
  },
  assigned: {
    assigned: OFFICIAL,
    in_progress: OFFICIAL,
    resolved: OFFICIAL,
    rejected: OFFICIAL,
    ...ALWAYS,
  },
  in_progress: { assigned: OFFICIAL, resolved: OFFICIAL, rejected: OFFICIAL, ...ALWAYS },
  resolved: { disputed: ['citizen'], reopened: OFFICIAL, ...ALWAYS },
  disputed: { reopened: OFFICIAL, rejected: OFFICIAL, ...ALWAYS },
  reopened: {
    acknowledged: OFFICIAL,
    assigned: OFFICIAL,
    in_progress: OFFICIAL,
    resolved: OFFICIAL,
    rejected: OFFICIAL,
    ...ALWAYS,
  },
  rejected: { disputed: ['citizen'], reopened: OFFICIAL, ...ALWAYS },
}

const CLOSED: readonly ComplaintStatus[] = ['resolved', 'rejected']

/** Whether nobody needs to act on it any more. A disputed complaint is open. */
export const isClosed = (status: ComplaintStatus): boolean => CLOSED.includes(status)

const setsStatus = (event: ComplaintEvent): event is ComplaintStatus =>
  event !== 'commented' && event !== 'redacted'

/**
 * Status after an event; null stands for a complaint that is not yet. Throws `complaint_conflict` where the event is not
 * possible, `forbidden` where it is, but not for this role.
 */
export function statusAfter(
  status: ComplaintStatus | null,
  event: ComplaintEvent,
  role: ComplaintRole,
): ComplaintStatus {
  const roles = TRANSITIONS[status ?? 'none'][event]
  if (roles === undefined) {
    throw new CodedError(
      'complaint_conflict',
      `complaint: expected an event possible while it is ${status ?? 'not filed'}, got ${event}`,
    )
  }
  if (!roles.includes(role)) {
    throw new CodedError(
      'forbidden',
      `complaint: ${event} is for ${roles.join(' or ')}, got ${role}`,
    )
  }
  return setsStatus(event) ? event : (status ?? 'filed')
}
