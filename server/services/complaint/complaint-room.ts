import { mongo } from 'mongoose'
import type { ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow, PendingComplaintEvent } from '../../models/index.ts'
import { complaintConflict } from './complaint-conflict.ts'

/**
 * A row of MongoDB ends at 16 MiB, and one that is full could take no event, not even the one that erases it. Texts are
 * refused well before: those of many people first, so that there is always room for what officials say. What else
 * grows, a link of 200 bytes for each who joined, is bounded by their number.
 */
const MIB = 1024 * 1024
export const CITIZENS_BYTES = 4 * MIB
export const ALL_BYTES = 6 * MIB

/** Throws `complaint_conflict` where the personal values of an event would make the row of its complaint too large. */
export function expectRoom(
  row: ComplaintRow,
  pending: PendingComplaintEvent,
  { role }: ComplaintEventRecord['actor'],
): void {
  if (pending.secrets.length === 0) return
  const { calculateObjectSize } = mongo.BSON
  const bytes = calculateObjectSize(row) + calculateObjectSize(pending)
  if (bytes <= (role === 'citizen' ? CITIZENS_BYTES : ALL_BYTES)) return
  throw complaintConflict(
    row._id,
    role === 'citizen'
      ? 'it holds as many words as one complaint can; join without words, or file one of your own'
      : 'it holds as many words as one complaint can; go on without a note',
  )
}
