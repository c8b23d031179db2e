import type { Ledger } from '../../shared/api/ledger.ts'

const DEFAULT_HEARTBEAT_S = 900
/** Stands where an Ethereum node is to be put, where the portal names none. */
const NODE_PLACEHOLDER = 'https://YOUR-ETHEREUM-NODE'
const S_PER_MINUTE = 60

export interface AuditAsked {
  areaId: string
  /** First day, and the day after the last: figures are of whole days. */
  from: string
  to: string
  ledger: Ledger
  portalUrl: string
}

/** The command line that recomputes what an area's page shows; docs/cli.md, "audit". */
export function auditCommand({ areaId, from, to, ledger, portalUrl }: AuditAsked) {
  const heartbeat = ledger.heartbeat_seconds / S_PER_MINUTE
  return [
    `gridwitness audit --area ${areaId}`,
    `--rpc ${ledger.rpc_url ?? NODE_PLACEHOLDER}`,
    `--ipfs ${ledger.gateway_url}`,
    `--contract ${ledger.contract}`,
    `--from ${from} --to ${to}`,
    ...(ledger.heartbeat_seconds === DEFAULT_HEARTBEAT_S ? [] : [`--heartbeat ${heartbeat}`]),
    `--compare ${portalUrl}`,
  ].join(' \\\n    ')
}
