import type { Ledger } from '../../../shared/api/ledger.ts'
import type { Deps } from '../deps.ts'

export interface PublicAddresses {
  /** An RPC URL visitors may use; null when the operator offers none. */
  rpcUrl: string | null
  gatewayUrl: string
  /** Gateways of others, to look at files through. */
  otherGatewayUrls: readonly string[]
  explorerUrl: string | null
}

const MS_PER_S = 1000

/** `GET /ledger`: what the portal itself uses, so that others may use something else. */
export const describeLedger = (
  { ethereum, logKey, settings }: Pick<Deps, 'ethereum' | 'logKey' | 'settings'>,
  { rpcUrl, gatewayUrl, otherGatewayUrls, explorerUrl }: PublicAddresses,
): Ledger => ({
  chain_id: ethereum.chainId,
  contract: ethereum.contract,
  abi_url: '/api/v1/ledger/abi',
  rpc_url: rpcUrl,
  gateway_url: gatewayUrl,
  gateway_urls: [gatewayUrl, ...otherGatewayUrls],
  log_key: logKey.publicKey,
  outage_rules: 'v1',
  heartbeat_seconds: settings.heartbeatMs / MS_PER_S,
  batch_interval_seconds: settings.batchIntervalMs / MS_PER_S,
  confirmations: settings.confirmations,
  explorer_url: explorerUrl,
})
