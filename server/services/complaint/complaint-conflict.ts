import { CodedError } from '../../../shared/coded-error.ts'

/** What was asked of a complaint is not possible as it stands, or another event came first. */
export const complaintConflict = (complaintId: string, said: string) =>
  new CodedError('complaint_conflict', `complaint ${complaintId}: ${said}`)

export const isComplaintConflict = (error: unknown): boolean =>
  error instanceof CodedError && error.code === 'complaint_conflict'

/** Another event came first: the same may be possible as the complaint stands now. */
export class OvertakenError extends CodedError<'complaint_conflict'> {
  constructor(complaintId: string) {
    super('complaint_conflict', `complaint ${complaintId}: another event came first; look again`)
  }
}
