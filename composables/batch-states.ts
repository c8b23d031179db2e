import type { BatchState } from '../shared/api/ledger.ts'

/** The states of a batch in their order; what each means stands in the catalogue `batch.state`. */
export const BATCH_STATE_ORDER: readonly BatchState[] = ['sealed', 'published', 'anchored', 'final']

export const BATCH_STATE_ICONS: Record<BatchState, string> = {
  sealed: 'i-lucide-package',
  published: 'i-lucide-globe',
  anchored: 'i-lucide-anchor',
  final: 'i-lucide-lock',
}
