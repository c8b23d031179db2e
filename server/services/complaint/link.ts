import { createHash, createHmac } from 'node:crypto'
import { toBase64url } from '../../../shared/bytes.ts'
import type { ComplaintFiled } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { canonicalText } from '../../../shared/json.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { hashOfToken, newToken } from './complaint-secrets.ts'
import type { Deps } from '../deps.ts'
import { signReceipt } from '../reading/sign-receipt.ts'

/** A secret link about to be given out, and by what a request that comes again is known; docs/formats/complaint.md. */
export interface NewLink {
  token: string
  hash: string
  /** Null for a request without an idempotency key. */
  named: { keyHash: string; requestHash: string } | null
}

/**
 * The link for a request. By an idempotency key it is always the same: the secret follows from the key, which is not kept, so
 * that an answer can be given again although only hashes are. The request's own hash is keyed by it too: nobody else can
 * try out what was said.
 */
export function linkFor(key: string | null, request: object): NewLink {
  if (key === null) return { ...newToken(), named: null }
  const keyed = (use: string) => createHmac('sha256', key).update(use).digest()
  const token = toBase64url(keyed('secret of the link'))
  return {
    token,
    hash: hashOfToken(token),
    named: {
      keyHash: createHash('sha256').update(key).digest('hex'),
      requestHash: keyed(`request ${canonicalText(request)}`).toString('hex'),
    },
  }
}

/**
 * What was answered to the request that this link was first given out for: the same complaint, record and secret, with a receipt
 * signed again. Null where the complaint gave out no such link. Throws `key_reused` where that request said something else.
 */
export async function answerAgain(
  deps: Pick<Deps, 'models' | 'logKey'>,
  row: ComplaintRow,
  { token, hash, named }: NewLink,
): Promise<ComplaintFiled | null> {
  const given = row.tokens.find((one) => one.hash === hash)
  if (!named || !given) return null
  if (given.request !== named.requestHash) {
    throw new CodedError(
      'key_reused',
      `idempotency-key: expected the request it was first used for, got another; that one is in complaint ${row._id}`,
    )
  }
  const [record] = await deps.models.records
    .find({ type: 'complaint_event', complaint_id: row._id })
    .sort({ ordered_at: 1 })
    .skip(given.n)
    .limit(1)
    .lean()
  if (!record) throw new Error(`complaint ${row._id}: expected event ${given.n} among the records`)
  const { _id: leafHash, area_id: areaId, ordered_at: receivedAt } = record
  const receipt = await signReceipt(deps, { leafHash, areaId, receivedAt })
  return { complaint_id: row._id, leaf_hash: leafHash, token, receipt }
}
