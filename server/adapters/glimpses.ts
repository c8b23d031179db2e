import type { Ethereum } from './ethereum.ts'
import type { Ipfs } from './ipfs.ts'
import { lately } from './lately.ts'

/**
 * What pages and probes may ask of the stores outside without being held up when these hang. Each throws as the store
 * does, or `overdue`; an answer may be two seconds old, so nothing is decided by it.
 */
export interface Glimpses {
  /** Latest block number. */
  head(): Promise<number>
  /** Wei on the anchoring account. */
  balance(): Promise<bigint>
  /** Whether node and contract are the configured ones, with the latest block. */
  chain(): Promise<number>
  /** Version of the IPFS node. */
  ipfs(): Promise<string>
}

/** A readiness probe gives up after a few seconds, and a reader sooner. */
const PATIENCE = { waitMs: 1_000, keepMs: 2_000 }

export function glimpsesOf({ ethereum, ipfs }: { ethereum: Ethereum; ipfs: Ipfs }): Glimpses {
  return {
    head: lately(() => ethereum.head(), PATIENCE),
    balance: lately(() => ethereum.balance(), PATIENCE),
    chain: lately(async () => {
      await ethereum.checkIdentity()
      return ethereum.head()
    }, PATIENCE),
    ipfs: lately(() => ipfs.version(), PATIENCE),
  }
}
