import type { Fees, NewAnchor, SignedTransaction } from '../../adapters/ethereum-transactions.ts'
import type { AnchorTransactionRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** Nodes take a replacement only for at least 10 % more; this leaves room for rounding. */
const BUMP_PERCENT = 125n

/**
 * Signs, stores, then sends: a crash in between is followed by the same bytes, never by a second anchor. The nonce is
 * the chain's, so two instances that send at once contend for one place.
 */
export async function sendTransaction(
  deps: Deps,
  batches: string[],
  anchors: NewAnchor[],
): Promise<void> {
  const { ethereum } = deps
  const nonce = await ethereum.nonce()
  const fees = await ethereum.suggestedFees()
  const signed = await ethereum.sign(anchors, nonce, fees)
  await storeAndSend(deps, { nonce, batches, fees, signed })
}

interface Sending {
  nonce: number
  batches: string[]
  fees: Fees
  signed: SignedTransaction
}

async function storeAndSend(
  { models, clock, ethereum }: Deps,
  { nonce, batches, fees, signed }: Sending,
): Promise<void> {
  const row: AnchorTransactionRow = {
    _id: signed.hash,
    nonce,
    batches,
    raw: signed.raw,
    max_fee_per_gas: String(fees.maxFeePerGas),
    max_priority_fee_per_gas: String(fees.maxPriorityFeePerGas),
    signed_at: clock.now(),
    state: 'pending',
  }
  // After a reorganisation the same bytes may be signed once more: their row is pending again.
  await models.anchorTransactions.replaceOne({ _id: row._id }, row, { upsert: true })
  await ethereum.send(signed.raw)
}

/** A replacement, unless it would cost more than the operator allows. */
export async function sendWithMoreGas(
  deps: Deps,
  transaction: AnchorTransactionRow,
): Promise<void> {
  const { ethereum } = deps
  const suggested = await ethereum.suggestedFees()
  const fees = {
    maxFeePerGas: bumped(transaction.max_fee_per_gas, suggested.maxFeePerGas),
    maxPriorityFeePerGas: bumped(
      transaction.max_priority_fee_per_gas,
      suggested.maxPriorityFeePerGas,
    ),
  }
  if (fees.maxFeePerGas > ethereum.maxFeePerGas) return
  const signed = await ethereum.resign(transaction.raw, fees)
  await storeAndSend(deps, { nonce: transaction.nonce, batches: transaction.batches, fees, signed })
}

function bumped(before: string, suggested: bigint): bigint {
  const raised = (BigInt(before) * BUMP_PERCENT) / 100n + 1n
  return raised > suggested ? raised : suggested
}
