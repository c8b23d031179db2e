import type { Connection } from 'mongoose'
import { accountModel } from './account.ts'
import { actionModel } from './action.ts'
import { allowanceModel } from './allowance.ts'
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
import { firmwareChunkModel } from './firmware-chunk.ts'
import { firmwareImageModel } from './firmware-image.ts'
import { firmwareManifestModel } from './firmware-manifest.ts'
import { invitationModel } from './invitation.ts'
import { layoutModel } from './layout.ts'
import { leafListModel } from './leaf-list.ts'
import { leaseModel } from './lease.ts'
import { outageBasisModel } from './outage-basis.ts'
import { outageRoundModel } from './outage-round.ts'
import { outageModel } from './outage.ts'
import { pushNoticeModel } from './push-notice.ts'
import { pushSubscriptionModel } from './push-subscription.ts'
import { recordModel } from './record.ts'
import { sessionModel } from './session.ts'
import { signInAttemptModel } from './sign-in-attempt.ts'
import { usedChallengeModel } from './used-challenge.ts'

export type { AccountRow, ResetFields } from './account.ts'
export type { AllowanceRow } from './allowance.ts'
export type { AnchorTransactionRow } from './anchor-transaction.ts'
export { AREA_NAME_COLLATION, type AreaRow } from './area.ts'
export type { BatchRow, FailureFields } from './batch.ts'
export type { ComplaintRow, ComplaintSecret, PendingComplaintEvent } from './complaint.ts'
export type { DeviceBreakRow, InterruptionRow } from './device-break.ts'
export type { DeviceLineRow } from './device-line.ts'
export type { DeviceRow } from './device.ts'
export type { FirmwareManifestRow } from './firmware-manifest.ts'
export type { InvitationRow } from './invitation.ts'
export type { OutageBasisRow } from './outage-basis.ts'
export type { OutageRoundRow } from './outage-round.ts'
export type { OutageRow } from './outage.ts'
export type { PushSubscriptionRow } from './push-subscription.ts'
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
    layouts: layoutModel(connection),
    failures: failureModel(connection),
    firmwareChunks: firmwareChunkModel(connection),
    firmwareImages: firmwareImageModel(connection),
    firmwareManifests: firmwareManifestModel(connection),
    accounts: accountModel(connection),
    actions: actionModel(connection),
    invitations: invitationModel(connection),
    sessions: sessionModel(connection),
    signInAttempts: signInAttemptModel(connection),
    allowances: allowanceModel(connection),
    complaints: complaintModel(connection),
    complaintPhotos: complaintPhotoModel(connection),
    usedChallenges: usedChallengeModel(connection),
    deviceLines: deviceLineModel(connection),
    deviceBreaks: deviceBreakModel(connection),
    outages: outageModel(connection),
    outageRounds: outageRoundModel(connection),
    outageBasis: outageBasisModel(connection),
    areaDays: areaDayModel(connection),
    pushSubscriptions: pushSubscriptionModel(connection),
    pushNotices: pushNoticeModel(connection),
  }
}

export type Models = ReturnType<typeof createModels>

/** Collections that outages are derived into; a rebuild makes them anew beside those that are read meanwhile. */
const REBUILT = ['device_lines', 'device_breaks', 'outages'] as const
const beside = (name: (typeof REBUILT)[number]) => `${name}_next` as const

/** The same models with those of a rebuild in place of those that are read. */
export function modelsBeside(models: Models): Models {
  const { db } = models.outages
  return {
    ...models,
    deviceLines: deviceLineModel(db, beside('device_lines')),
    deviceBreaks: deviceBreakModel(db, beside('device_breaks')),
    outages: outageModel(db, beside('outages')),
  }
}

/**
 * Puts the collections of a rebuild in the place of those that were read, one after the other: cut short, it goes on with
 * those that are left.
 */
export async function switchToBeside({ outages: { db } }: Models): Promise<void> {
  const found = await db.listCollections()
  const left = new Set(found.map(({ name }) => name))
  for (const name of REBUILT)
    if (left.has(beside(name)))
      await db.db?.renameCollection(beside(name), name, { dropTarget: true })
}

/** Creates the indexes of every collection; safe to repeat. */
export async function ensureIndexes(models: Models): Promise<void> {
  for (const model of Object.values(models)) await model.createIndexes()
}
