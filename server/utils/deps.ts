import type { Deps } from '../services/deps'
import type { Lease } from '../services/lease'
import type { Config } from './config'

/** What routes and tasks work with. */
export interface Composition {
  deps: Deps
  /** On advancing the ledger. */
  lease: Lease
  /** On deriving outages. */
  outageLease: Lease
  config: Config
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
