import { computed, ref, watch, type Ref } from 'vue'
import type { QueuedComplaint } from '../shared/api/complaint-admin.ts'

/** What a step needs to know of a complaint it is taken on. */
export type AtHand = Pick<
  QueuedComplaint,
  'complaint_id' | 'kind' | 'status' | 'fault' | 'sensors' | 'area_id' | 'filed_at'
>

/** Whose buttons were pressed: those of the open complaint, or those above the ticked ones. */
export type StepOn = 'opened' | 'chosen'

/**
 * What is at hand in a queue: the complaint that is open beside it, else the one the cursor is on; and those ticked. `open` goes
 * to another while one is open, `focus` brings a row before the reader.
 */
export function useQueueCursor({
  items,
  openId,
  opened,
  open,
  focus,
}: {
  items: Readonly<Ref<readonly QueuedComplaint[]>>
  openId: Readonly<Ref<string | null>>
  /** What is open, once it is there. */
  opened: Readonly<Ref<AtHand | null>>
  open: (complaintId: string) => void
  focus: (complaintId: string) => void
}) {
  const chosen = ref(new Set<string>())
  const cursorId = ref<string | null>(null)
  const atHandId = computed(() => openId.value ?? cursorId.value)
  const indexOf = (id: string | null) => items.value.findIndex((item) => item.complaint_id === id)
  /** Where in the queue what is at hand was last seen: what was dealt with leaves it, and the next one takes its place. */
  let place = 0
  watch(
    [atHandId, items],
    () => {
      const index = indexOf(atHandId.value)
      if (index !== -1) place = index
      else if (cursorId.value !== null)
        cursorId.value = items.value[Math.min(place, items.value.length - 1)]?.complaint_id ?? null
    },
    { flush: 'sync' },
  )

  function move(by: 1 | -1) {
    const from = indexOf(atHandId.value)
    const isBegun = atHandId.value !== null
    const index = from === -1 ? (by === 1 || !isBegun ? place : place - 1) : from + by
    const next = items.value[Math.min(items.value.length - 1, Math.max(0, index))]
    if (!next) return
    cursorId.value = next.complaint_id
    if (openId.value !== null) open(next.complaint_id)
    focus(next.complaint_id)
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
  /** Keys act on the ticked ones, unless another is open: then on what is open, as its own buttons do. */
  const keysOn = computed((): StepOn => {
    const isOtherOpen = openId.value !== null && !chosen.value.has(openId.value)
    return chosenItems.value.length > 0 && !isOtherOpen ? 'chosen' : 'opened'
  })
  /** What a step is taken on; with none open, the one the cursor is on. */
  function targetsOf(on: StepOn): readonly AtHand[] {
    if (on === 'chosen') return chosenItems.value
    if (opened.value && opened.value.complaint_id === openId.value) return [opened.value]
    return items.value.filter((item) => item.complaint_id === atHandId.value)
  }

  return {
    atHandId,
    chosen,
    chosenItems,
    keysOn,
    targetsOf,
    move,
    choose,
    put: (id: string) => (cursorId.value = id),
    /** Leaves only these ticked. */
    clear: (left: readonly string[] = []) => (chosen.value = new Set(left)),
  }
}

/** Brings the row of a complaint before the reader. */
export const focusRow = (id: string) =>
  document.querySelector<HTMLElement>(`[data-complaint="${id}"]`)?.focus()
