import type { AdminLedger } from '../../../shared/api/administration.ts'
import type { Deps } from '../deps.ts'
import { nullIfAway } from './null-if-away.ts'

const MS_PER_S = 1000
const MS_PER_DAY = 86_400_000
const WEI_PER_GWEI = 1_000_000_000

/** `GET /admin/ledger`: who pays for anchors and what is left, and what the operator chose. No secret is among it. */
export async function describeLedgerForAdmin({
  ethereum,
  glimpses,
  settings,
  complaintDesk,
}: Pick<Deps, 'ethereum' | 'glimpses' | 'settings' | 'complaintDesk'>): Promise<AdminLedger> {
  const balance = await nullIfAway(glimpses.balance())
  return {
    chain_id: ethereum.chainId,
    contract: ethereum.contract,
    account: ethereum.account,
    balance_wei: balance?.toString() ?? null,
    balance_reason: balance === null ? 'chain_unavailable' : null,
    settings: {
      batch_interval_seconds: settings.batchIntervalMs / MS_PER_S,
      max_batch_records: settings.maxBatchRecords,
      confirmations: settings.confirmations,
      heartbeat_seconds: settings.heartbeatMs / MS_PER_S,
      bump_after_seconds: settings.bumpAfterMs / MS_PER_S,
      lease_seconds: settings.leaseMs / MS_PER_S,
      max_fee_gwei: Number(ethereum.maxFeePerGas) / WEI_PER_GWEI,
      complaint_retention_days: complaintDesk.retentionMs / MS_PER_DAY,
      complaint_clock_hours: complaintDesk.clockHours,
    },
  }
}
