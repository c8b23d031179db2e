import { CodedError } from '../../../shared/coded-error.ts'
import type { Cost } from '../../adapters/ethereum-anchors.ts'
import type { AnchorTransactionRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { sendWithMoreGas } from './send-transaction.ts'
import { noteFailure, settleAnchored } from './settle-batches.ts'

/** Follows what was sent; true while a transaction is under way and nothing else may be sent. */
export async function followPendingTransaction(deps: Deps): Promise<boolean> {
  const pending = await deps.models.anchorTransactions
    .find({ state: 'pending' })
    .sort({ signed_at: 1 })
    .lean()
  const newest = pending.at(-1)
  if (!newest) return false

  const settled = await settleMined(deps, pending)
  if (settled) return false
  const nonce = await deps.ethereum.nonce()
  if (nonce > newest.nonce) {
    // Another transaction took the nonce. Asked again, as ours may have been mined between the two questions.
    if (!(await settleMined(deps, pending))) await close(deps, pending, null)
    return false
  }
  if (nonce < newest.nonce) {
    // A reorganisation took the transaction before this one: with its nonce missing, this one could wait for ever.
    await close(deps, pending, null)
    return false
  }
  return sendAgain(deps, pending, newest)
}

/** Settles by the receipt of whichever replacement was mined. */
async function settleMined(deps: Deps, pending: readonly AnchorTransactionRow[]): Promise<boolean> {
  for (const transaction of pending) {
    const mined = await deps.ethereum.mined(transaction._id)
    if (!mined) continue
    if (mined.succeeded) {
      for (const batch of transaction.batches) await settleAnchored(deps, batch, mined)
    } else {
      await noteRefusal(deps, transaction)
    }
    await close(deps, pending, transaction._id, mined)
    return true
  }
  return false
}

async function noteRefusal(deps: Deps, transaction: AnchorTransactionRow): Promise<void> {
  const error = new CodedError(
    'refused',
    `Ethereum: the contract refused transaction ${transaction._id}`,
  )
  const batches = await deps.models.batches
    .find({ _id: { $in: transaction.batches }, state: 'published' })
    .lean()
  for (const batch of batches) await noteFailure(deps, batch, 'anchor', error)
}

async function close(
  { models }: Deps,
  pending: readonly AnchorTransactionRow[],
  minedHash: string | null,
  cost?: Cost,
): Promise<void> {
  if (minedHash) {
    const paid = cost && { gas_used: cost.gasUsed, fee_wei: String(cost.feeWei) }
    await models.anchorTransactions.updateOne(
      { _id: minedHash },
      { $set: { state: 'mined', ...paid } },
    )
  }
  const others = pending.map(({ _id }) => _id).filter((hash) => hash !== minedHash)
  await models.anchorTransactions.updateMany(
    { _id: { $in: others } },
    { $set: { state: 'dropped' } },
  )
}

/**
 * Sends the same bytes once more and, when the node has held them for too long, the same call with more gas. False when
 * it has refused them for that long and holds none of the replaced ones either: then all is signed anew, at the fees
 * of the day. Throws the node's refusal until then.
 */
async function sendAgain(
  deps: Deps,
  pending: readonly AnchorTransactionRow[],
  newest: AnchorTransactionRow,
): Promise<boolean> {
  const { clock, ethereum, settings } = deps
  const hasWaited = clock.now().getTime() - newest.signed_at.getTime() >= settings.bumpAfterMs
  try {
    await ethereum.send(newest.raw)
  } catch (error) {
    if (!hasWaited || (await isAnyHeld(deps, pending))) throw error
    await close(deps, pending, null)
    return false
  }
  if (hasWaited) await sendWithMoreGas(deps, newest)
  return true
}

async function isAnyHeld(
  { ethereum }: Deps,
  pending: readonly AnchorTransactionRow[],
): Promise<boolean> {
  for (const { _id } of pending) if (await ethereum.holds(_id)) return true
  return false
}
