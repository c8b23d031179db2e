import { z } from 'zod'
import { publicKeyFromHex, signatureFromBase64url } from '../bytes.ts'
import {
  areaIdField,
  hashField,
  publicKeyField,
  serverTimeField,
  signatureField,
} from '../fields.ts'
import { canonicalBytes } from '../json.ts'
import { parseAs } from '../parse.ts'
import { verifyP256 } from '../signature/index.ts'

/** At most this long after `received_at` a record is anchored; formats.md §7. */
export const PROMISE_MINUTES = 45

const members = {
  v: z.literal(1, 'expected 1'),
  type: z.literal('receipt', 'expected "receipt"'),
  area_id: areaIdField,
  leaf_hash: hashField,
  log_key: publicKeyField,
  received_at: serverTimeField,
  promise_by: serverTimeField,
}

const MS_PER_MINUTE = 60_000

const isPromise = ({ received_at, promise_by }: { received_at: string; promise_by: string }) => {
  const waitMs = Date.parse(promise_by) - Date.parse(received_at)
  return waitMs >= 0 && waitMs <= PROMISE_MINUTES * MS_PER_MINUTE
}

export const receiptSchema = z
  .strictObject({ ...members, signature: signatureField })
  .refine(isPromise, {
    message: `expected at most ${PROMISE_MINUTES} minutes after received_at`,
    path: ['promise_by'],
  })
export type Receipt = z.infer<typeof receiptSchema>
export type UnsignedReceipt = Omit<Receipt, 'signature'>

/** The bytes the log key signs: the canonical members without `signature`. */
export const receiptSignedBytes = (receipt: UnsignedReceipt | Receipt): Uint8Array =>
  canonicalBytes({ ...receipt, signature: undefined })

/** Parses a receipt strictly and checks its signature by its own `log_key`; throws `malformed` or `bad_signature`. */
export function verifyReceipt(value: unknown): Receipt {
  const receipt = parseAs(receiptSchema, value, 'receipt')
  verifyP256({
    publicKey: publicKeyFromHex(receipt.log_key),
    message: receiptSignedBytes(receipt),
    signature: signatureFromBase64url(receipt.signature),
  })
  return receipt
}
