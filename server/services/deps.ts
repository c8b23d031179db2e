import type { ClockHours } from '../../shared/complaint/index.ts'
import type { Clock } from '../adapters/clock.ts'
import type { Ethereum } from '../adapters/ethereum.ts'
import type { Glimpses } from '../adapters/glimpses.ts'
import type { Ipfs } from '../adapters/ipfs.ts'
import type { Passwords } from '../adapters/passwords.ts'
import type { Sessions } from '../adapters/sessions.ts'
import type { SignatureVerifier } from '../adapters/signature-verifier.ts'
import type { SigningKey } from '../adapters/signing-key.ts'
import type { ProofOfWork } from '../adapters/proof-of-work.ts'
import type { Vault } from '../adapters/vault.ts'
import type { Models } from '../models/index.ts'

/** What the operator chose; docs/operating.md. */
export interface LedgerSettings {
  /** A record waits at most this long before its area's batch is sealed. */
  batchIntervalMs: number
  /** Records in one batch at most; formats.md §3 allows 262,144. */
  maxBatchRecords: number
  /** Blocks on top of an anchor, its own included, before it counts as final. */
  confirmations: number
  /** How often a device is expected to report. */
  heartbeatMs: number
  /** A transaction not mined for this long is sent again with more gas. */
  bumpAfterMs: number
  /** How long a lease on advancing the ledger holds without being renewed. */
  leaseMs: number
}

/** What complaints need beyond the rest. */
export interface ComplaintDesk {
  clockHours: ClockHours
  /** Personal data is erased this long after a complaint was closed. */
  retentionMs: number
  vault: Vault
  work: ProofOfWork
}

/** Everything a service may use; made once by the composition root, or by a test. */
export interface Deps {
  settings: LedgerSettings
  clock: Clock
  models: Models
  ipfs: Ipfs
  ethereum: Ethereum
  /** Of both, for whoever must not wait for them. */
  glimpses: Glimpses
  logKey: SigningKey
  verifier: SignatureVerifier
  passwords: Passwords
  sessions: Sessions
  complaintDesk: ComplaintDesk
}
