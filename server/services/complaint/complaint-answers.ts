import type { ComplaintFiled, ComplaintStepAnswer } from '../../../shared/api/complaints.ts'
import type { ComplaintRow } from '../../models/index.ts'
import type { ComplaintStep, DecidedStep } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { recordStep } from './record-complaint-event.ts'
import { signReceipt } from '../reading/sign-receipt.ts'

/** What is told to who filed or joined, once. */
export const filed = async (
  deps: Pick<Deps, 'logKey'>,
  decided: DecidedStep,
  token: string,
): Promise<ComplaintFiled> => ({
  complaint_id: decided.record.complaint_id,
  leaf_hash: decided.standing.latestEvent,
  token,
  receipt: await receiptOf(deps, decided),
})

/** Takes any later step and answers it. Throws as `recordStep`. */
export async function takeStep(
  deps: Deps,
  row: ComplaintRow,
  step: ComplaintStep,
): Promise<ComplaintStepAnswer> {
  const decided = await recordStep(deps, row, step)
  const { status, latestEvent } = decided.standing
  const receipt = await receiptOf(deps, decided)
  return { complaint_id: row._id, status, leaf_hash: latestEvent, receipt }
}

/** The promise that the record of an event will be anchored. */
const receiptOf = (deps: Pick<Deps, 'logKey'>, { record, standing }: DecidedStep) =>
  signReceipt(deps, {
    leafHash: standing.latestEvent,
    areaId: record.area_id,
    receivedAt: new Date(record.at),
  })
