import type { QueuedComplaint } from '../shared/api/complaint-admin.ts'

/** What a step needs to know of a complaint it is taken on. */
export type AtHand = Pick<QueuedComplaint, 'complaint_id' | 'kind' | 'status' | 'fault' | 'sensors'>

/**
 * What is at hand in a queue: those chosen; else the one that is open beside it; else the one the cursor is on. `open` goes to
 * another while one is open.
 */
export function useQueueCursor({
  items,
  opened,
  open,
}: {
  items: Readonly<Ref<readonly QueuedComplaint[]>>
  opened: Readonly<Ref<AtHand | null>>
  open: (complaintId: string) => void
}) {
  const chosen = ref(new Set<string>())
  const cursorId = ref<string | null>(null)
  const atHandId = computed(() => opened.value?.complaint_id ?? cursorId.value)
  const indexOf = (id: string | null) => items.value.findIndex((item) => item.complaint_id === id)

  function move(by: 1 | -1) {
    const from = indexOf(atHandId.value)
    const index = from === -1 ? 0 : from + by
    const next = items.value[Math.min(items.value.length - 1, Math.max(0, index))]
    if (!next) return
    cursorId.value = next.complaint_id
    if (opened.value) open(next.complaint_id)
    document.querySelector<HTMLElement>(`[data-complaint="${next.complaint_id}"]`)?.focus()
  }

  function choose(id: string | null, isChosen?: boolean) {
    if (id === null || indexOf(id) === -1) return
    const next = new Set(chosen.value)
    if (isChosen ?? !next.has(id)) next.add(id)
    else next.delete(id)
    chosen.value = next
  }

  const chosenItems = computed(() =>
    items.value.filter((item) => chosen.value.has(item.complaint_id)),
  )
  const targets = computed((): readonly AtHand[] => {
    if (chosenItems.value.length > 0) return chosenItems.value
    if (opened.value) return [opened.value]
    return items.value.filter((item) => item.complaint_id === cursorId.value)
  })

  // What was dealt with leaves the queue: the next one takes its place.
  watch(items, (now, before) => {
    if (cursorId.value === null || indexOf(cursorId.value) !== -1) return
    const index = before.findIndex((item) => item.complaint_id === cursorId.value)
    cursorId.value = now[Math.min(index, now.length - 1)]?.complaint_id ?? null
  })

  return {
    atHandId,
    chosen,
    chosenItems,
    targets,
    move,
    choose,
    put: (id: string) => (cursorId.value = id),
    clear: () => (chosen.value = new Set()),
  }
}
