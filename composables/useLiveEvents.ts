import type { ComplaintSummary } from '../shared/api/complaints.ts'
import type { Batch } from '../shared/api/ledger.ts'
import type { StatusEvent } from '../shared/api/map.ts'
import type { Outage } from '../shared/api/outages.ts'
import { throttled } from './map/throttle.ts'

export type LiveState = 'connecting' | 'live' | 'lost'

export interface LiveHandlers {
  onStatus?: (event: StatusEvent) => void
  onBatch?: (batch: Batch) => void
  onOutage?: (outage: Outage) => void
  onComplaint?: (complaint: ComplaintSummary) => void
  /** The stream is back after it was lost, or too much changed to be told one by one: ask again for what is shown. */
  onBack?: () => void
  /** Where all that is shown lies directly in this area. */
  areaId?: string | undefined
}

const RETRY_FIRST_MS = 2_000
const RETRY_MAX_MS = 30_000
/** Where a whole district changes, all its readers hear it in the same second: not all ask then, and none all the time. */
const ASK_AGAIN_EVERY_MS = 10_000
const SPREAD_MS = 3_000

/**
 * Follows the portal's server-sent events while the component is mounted. The browser reconnects by itself, resuming by
 * Last-Event-ID; where it gives up (an HTTP error), this opens the stream again, waiting longer each time.
 */
export function useLiveEvents(handlers: LiveHandlers): {
  live: Readonly<Ref<LiveState>>
  lostAt: Readonly<Ref<string | null>>
} {
  const { onBack, areaId } = handlers
  const heard = handlersByType(handlers)
  const live = ref<LiveState>('connecting')
  const lostAt = ref<string | null>(null)
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let waitMs = RETRY_FIRST_MS

  let asking: ReturnType<typeof setTimeout> | undefined
  const askAgain = throttled(() => {
    clearTimeout(asking)
    asking = setTimeout(() => onBack?.(), Math.random() * SPREAD_MS)
  }, ASK_AGAIN_EVERY_MS)

  function open() {
    source = new EventSource(apiPaths.events({ types: heard.map(([type]) => type), areaId }))
    source.addEventListener('open', onOpen)
    source.addEventListener('error', onError)
    source.addEventListener('changed', askAgain.call)
    for (const [type, hear] of heard)
      source.addEventListener(type, ({ data }) => hear(JSON.parse(data)))
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
    clearTimeout(asking)
    askAgain.stop()
    source?.close()
  })

  return { live, lostAt }
}

function handlersByType({ onStatus, onBatch, onOutage, onComplaint }: LiveHandlers) {
  const byType = { status: onStatus, outage: onOutage, batch: onBatch, complaint: onComplaint }
  return Object.entries(byType).flatMap(([type, hear]) =>
    hear ? [[type, hear as (data: unknown) => void] as const] : [],
  )
}
