import type { ComplaintSummary } from '../shared/api/complaints.ts'
import type { Batch } from '../shared/api/ledger.ts'
import type { StatusEvent } from '../shared/api/map.ts'
import type { Outage } from '../shared/api/outages.ts'

export type LiveState = 'connecting' | 'live' | 'lost'

export interface LiveHandlers {
  onStatus?: (event: StatusEvent) => void
  onBatch?: (batch: Batch) => void
  onOutage?: (outage: Outage) => void
  onComplaint?: (complaint: ComplaintSummary) => void
  /** The stream is back after it was lost: what was shown may have been missed, ask again. */
  onBack?: () => void
}

const RETRY_FIRST_MS = 2_000
const RETRY_MAX_MS = 30_000

/**
 * Follows the portal's server-sent events while the component is mounted. The browser reconnects by itself, resuming by
 * Last-Event-ID; where it gives up (an HTTP error), this opens the stream again, waiting longer each time.
 */
export function useLiveEvents({ onStatus, onBatch, onOutage, onComplaint, onBack }: LiveHandlers): {
  live: Readonly<Ref<LiveState>>
  lostAt: Readonly<Ref<string | null>>
} {
  const live = ref<LiveState>('connecting')
  const lostAt = ref<string | null>(null)
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let waitMs = RETRY_FIRST_MS

  function open() {
    source = new EventSource(apiPaths.events())
    source.addEventListener('open', onOpen)
    source.addEventListener('error', onError)
    if (onStatus) source.addEventListener('status', ({ data }) => onStatus(JSON.parse(data)))
    if (onOutage) source.addEventListener('outage', ({ data }) => onOutage(JSON.parse(data)))
    if (onBatch) source.addEventListener('batch', ({ data }) => onBatch(JSON.parse(data)))
    if (onComplaint)
      source.addEventListener('complaint', ({ data }) => onComplaint(JSON.parse(data)))
  }

  function onOpen() {
    if (live.value === 'lost') onBack?.()
    live.value = 'live'
    lostAt.value = null
    waitMs = RETRY_FIRST_MS
  }

  function onError() {
    live.value = 'lost'
    lostAt.value ??= new Date().toISOString()
    if (source?.readyState !== EventSource.CLOSED) return
    retry = setTimeout(open, waitMs)
    waitMs = Math.min(waitMs * 2, RETRY_MAX_MS)
  }

  onMounted(open)
  onBeforeUnmount(() => {
    clearTimeout(retry)
    source?.close()
  })

  return { live, lostAt }
}
