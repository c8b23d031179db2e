import type { Connection } from 'mongoose'
import { accountModel } from './account.ts'
import { actionModel } from './action.ts'
import { anchorTransactionModel } from './anchor-transaction.ts'
import { areaDayModel } from './area-day.ts'
import { areaModel } from './area.ts'
import { batchModel } from './batch.ts'
import { complaintPhotoModel } from './complaint-photo.ts'
import { complaintModel } from './complaint.ts'
import { deviceBreakModel } from './device-break.ts'
import { deviceLineModel } from './device-line.ts'
import { deviceModel } from './device.ts'
import { equivocationModel } from './equivocation.ts'
import { failureModel } from './failure.ts'
import { invitationModel } from './invitation.ts'
import { leafListModel } from './leaf-list.ts'
import { leaseModel } from './lease.ts'
import { outageRoundModel } from './outage-round.ts'
import { outageModel } from './outage.ts'
import { recordModel } from './record.ts'
import { sessionModel } from './session.ts'
import { signInAttemptModel } from './sign-in-attempt.ts'
import { usedChallengeModel } from './used-challenge.ts'

export type { AccountRow } from './account.ts'
export type { AnchorTransactionRow } from './anchor-transaction.ts'
export type { AreaDayRow } from './area-day.ts'
export { AREA_NAME_COLLATION, type AreaRow } from './area.ts'
export type { BatchRow, FailureFields } from './batch.ts'
export type { ComplaintRow, ComplaintSecret, PendingComplaintEvent } from './complaint.ts'
export type { DeviceBreakRow } from './device-break.ts'
export type { DeviceLineRow } from './device-line.ts'
export type { DeviceRow } from './device.ts'
export type { InvitationRow } from './invitation.ts'
export type { OutageRoundRow } from './outage-round.ts'
export type { OutageRow } from './outage.ts'
export type { RecordRow } from './record.ts'

/** All collections on one connection. */
export function createModels(connection: Connection) {
  return {
    records: recordModel(connection),
    devices: deviceModel(connection),
    areas: areaModel(connection),
    batches: batchModel(connection),
    leafLists: leafListModel(connection),
    anchorTransactions: anchorTransactionModel(connection),
    equivocations: equivocationModel(connection),
    leases: leaseModel(connection),
    failures: failureModel(connection),
    accounts: accountModel(connection),
    actions: actionModel(connection),
    invitations: invitationModel(connection),
    sessions: sessionModel(connection),
    signInAttempts: signInAttemptModel(connection),
    complaints: complaintModel(connection),
    complaintPhotos: complaintPhotoModel(connection),
    usedChallenges: usedChallengeModel(connection),
    deviceLines: deviceLineModel(connection),
    deviceBreaks: deviceBreakModel(connection),
    outages: outageModel(connection),
    outageRounds: outageRoundModel(connection),
    areaDays: areaDayModel(connection),
  }
}

export type Models = ReturnType<typeof createModels>

/** Creates the indexes of every collection; safe to repeat. */
export async function ensureIndexes(models: Models): Promise<void> {
  for (const model of Object.values(models)) await model.createIndexes()
}
