import type { Batch } from '../shared/api/ledger.ts'

const MS_PER_S = 1_000
const MINUTE_MS = 60_000

/** A duration in words, to the second where it is less than a minute. */
export function useSpan() {
  const { t } = useText()
  const { format, duration } = useFormat()
  return (spanMs: number): string =>
    spanMs >= MINUTE_MS
      ? duration(spanMs)
      : t('batch.delay.seconds', { seconds: format.value.number(spanMs / MS_PER_S) })
}

/** How long a batch took from its sealing to its anchor, in words; null while it is on its way. */
export function useBatchDelay() {
  const span = useSpan()
  return ({ sealed_at, anchor }: Batch): string | null =>
    // The block's clock and the portal's may differ by seconds.
    anchor && span(Math.max(0, Date.parse(anchor.anchored_at) - Date.parse(sealed_at)))
}
