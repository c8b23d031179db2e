import type { MessageVerdict } from '../../../shared/api/readings.ts'
import type { Deps } from '../deps.ts'
import type { ReadingIntake } from './accept-reading.ts'
import type { DeviceAllowance } from './judge-reading.ts'
import type { HandedIn } from './open-reading.ts'
import { signReceipt } from './sign-receipt.ts'
import type { ReadingVerdict } from './store-readings.ts'

/** Road step 4 for who waits for an answer: takes readings, and signs a receipt for each whose record is stored, in the same order. */
export async function answerReadings(
  deps: Pick<Deps, 'logKey'>,
  accept: ReadingIntake,
  { handedIn, allowance }: { handedIn: readonly HandedIn[]; allowance: DeviceAllowance },
): Promise<MessageVerdict[]> {
  const verdicts = await accept(handedIn, allowance)
  return Promise.all(verdicts.map((verdict) => answerOf(deps, verdict)))
}

async function answerOf(
  deps: Pick<Deps, 'logKey'>,
  verdict: ReadingVerdict,
): Promise<MessageVerdict> {
  if (verdict.status === 'rejected') return verdict
  const { _id: leafHash, area_id: areaId, ordered_at: receivedAt } = verdict.record
  const receipt = await signReceipt(deps, { leafHash, areaId, receivedAt })
  return { status: verdict.status, leaf_hash: leafHash, receipt }
}
