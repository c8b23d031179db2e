import {
  PROMISE_MINUTES,
  receiptSignedBytes,
  type Receipt,
  type UnsignedReceipt,
} from '../../../shared/receipt/index.ts'
import type { Deps } from '../deps.ts'

const MS_PER_MINUTE = 60_000

/** Signs the promise that a stored record will be anchored in time; formats.md §7. */
export async function signReceipt(
  { logKey }: Pick<Deps, 'logKey'>,
  { leafHash, areaId, receivedAt }: { leafHash: string; areaId: string; receivedAt: Date },
): Promise<Receipt> {
  const promise: UnsignedReceipt = {
    v: 1,
    type: 'receipt',
    area_id: areaId,
    leaf_hash: leafHash,
    log_key: logKey.publicKey,
    received_at: receivedAt.toISOString(),
    promise_by: new Date(receivedAt.getTime() + PROMISE_MINUTES * MS_PER_MINUTE).toISOString(),
  }
  return { ...promise, signature: await logKey.sign(receiptSignedBytes(promise)) }
}
