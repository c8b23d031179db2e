import type { BatchState } from '../shared/api/ledger.ts'

/** The states of a batch in their order, and what each means to a reader. */
export const BATCH_STATE_WORDS: Record<
  BatchState,
  { label: string; meaning: string; icon: string }
> = {
  sealed: {
    label: 'Sealed',
    meaning: 'The area’s new records are closed into one Merkle tree; its root names them all.',
    icon: 'i-lucide-package',
  },
  published: {
    label: 'Published',
    meaning: 'The file with every record is on IPFS, where anyone can fetch and keep it.',
    icon: 'i-lucide-globe',
  },
  anchored: {
    label: 'Anchored',
    meaning: 'The root stands in a contract on Ethereum; no record can change unnoticed.',
    icon: 'i-lucide-anchor',
  },
  final: {
    label: 'Final',
    meaning: 'Enough blocks lie on top that Ethereum will not take it back.',
    icon: 'i-lucide-lock',
  },
}

export const BATCH_STATE_ORDER: readonly BatchState[] = ['sealed', 'published', 'anchored', 'final']
