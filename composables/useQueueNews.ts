import type { ComplaintSummary } from '../shared/api/complaints.ts'

/** So long away that what is shown is asked for again. */
const AWAY_MS = 60_000

/**
 * Complaints filed since the queue was asked for: counted, and shown only when asked to, for nothing moves under the reader's
 * eyes. Who comes back to the page after a while finds it asked for anew.
 */
export function useQueueNews(
  queue: {
    items: Readonly<Ref<readonly { complaint_id: string }[]>>
    refresh: () => Promise<unknown>
  },
  isOurs: (complaint: ComplaintSummary) => boolean,
) {
  const filed = ref(new Set<string>())
  const isShown = (id: string) => queue.items.value.some(({ complaint_id }) => complaint_id === id)
  const count = computed(() => [...filed.value].filter((id) => !isShown(id)).length)
  async function show() {
    filed.value = new Set()
    await queue.refresh()
  }
  useLiveEvents({
    onComplaint(complaint) {
      const { complaint_id, status } = complaint
      const next = new Set(filed.value)
      if (status === 'filed' && isOurs(complaint)) next.add(complaint_id)
      else next.delete(complaint_id)
      filed.value = next
    },
    onBack: show,
  })
  useBackAfter(AWAY_MS, show)
  return { count, show }
}
