import type { Push } from '../services/push/subscribe'
import type { MessageSource } from '../services/reading/accept-message'
import type { ReadingIntake } from '../services/reading/accept-reading'
import type { Deps } from '../services/deps'
import type { Lease } from '../services/lease'
import type { RecentRefusals } from '../services/reading/recent-refusals'
import type { Config } from './config'
import type { IpfsSource } from '../../shared/verification'

/** What routes and tasks work with. */
export interface Composition {
  deps: Deps
  /** On advancing the ledger. */
  lease: Lease
  /** On deriving outages. */
  outageLease: Lease
  /** Where files come from while the ledger is restored, and nothing else is done; null: it is not. */
  restoreSource: IpfsSource | null
  /** On condensing old readings. */
  retentionLease: Lease
  /** Readings older than this keep their bytes on IPFS alone; null: all keep them in the database too. */
  readingRetentionMs: number | null
  /** On telling subscribers. */
  pushLease: Lease
  /** Null where the operator set no key for it. */
  push: Push | null
  config: Config
  intake: ReadingIntake
  /** Where devices publish; null where no broker is configured. */
  messages: MessageSource | null
  refusals: RecentRefusals
  /** True once the database has the layout and the indexes of this version. */
  isPrepared(): boolean
}

let composition: Composition | null = null

/** Set once, by the composition root. */
export function setComposition(composed: Composition): void {
  composition = composed
}

export function useComposition(): Composition {
  if (!composition) throw new Error('the server is not composed yet')
  return composition
}

export const useDeps = (): Deps => useComposition().deps
