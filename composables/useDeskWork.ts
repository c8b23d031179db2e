import type { ComplaintActionRequest, QueuedComplaint } from '../shared/api/complaint-admin.ts'
import type { Complaint } from '../shared/api/complaints.ts'

/** Where the outcome of a step is told: where its buttons were. */
export type OutcomeAt = 'dialog' | 'panel' | 'list'

/**
 * An official's work on a queue: what is at hand in it, the complaint that is open beside it, and the step being taken. Keys and
 * watches belong to the page that calls, so nothing is awaited in here.
 */
export function useDeskWork(queue: Awaited<ReturnType<typeof useAdminList<QueuedComplaint>>>) {
  const route = useRoute()
  const deskLink = useDeskLink()
  const { account } = useWho()
  const mayAct = computed(() => account.value?.role !== 'auditor')
  const opened = shallowRef<Complaint | null>(null)
  /** The step that asks for something before it is taken. */
  const step = ref<StepName | null>(null)
  /** What it is taken on: what was at hand when it was begun, whatever is ticked or opened since. */
  const taken = shallowRef<{ on: StepOn; complaints: readonly AtHand[] }>({
    on: 'opened',
    complaints: [],
  })
  const drafts = useStepDrafts()
  const isHelpOpen = ref(false)
  /** Counts the steps taken: what is open beside the queue is asked for again. */
  const version = ref(0)
  const openId = computed(() => (typeof route.params.id === 'string' ? route.params.id : null))
  const isChosen = computed(() => taken.value.on === 'chosen')

  const cursor = useQueueCursor({
    items: queue.items,
    openId,
    opened,
    open: (id) => navigateTo(deskLink(id), { replace: true }),
    focus: focusRow,
  })
  const desk = useDesk(async ({ refused }) => {
    const ids = refused.map(({ complaint_id }) => complaint_id)
    if (isChosen.value) cursor.clear(ids)
    if (ids.length === 0) {
      drafts.drop()
      step.value = null
    } else {
      // Once more is for those that refused it alone.
      const complaints = taken.value.complaints.filter(({ complaint_id }) =>
        ids.includes(complaint_id),
      )
      taken.value = { ...taken.value, complaints }
    }
    version.value += 1
    await queue.refresh()
    setTimeout(focusAtHand)
  })
  watch(openId, (id) => {
    if (id === null) opened.value = null
    step.value = null
    desk.clear()
  })
  const outcomeAt = computed((): OutcomeAt => {
    if (step.value !== null) return 'dialog'
    return isChosen.value || openId.value === null ? 'list' : 'panel'
  })

  /** Takes what is open, and that anew after a step: by then the button of the step may be gone. */
  function show(complaint: Complaint) {
    const isAgain = opened.value?.complaint_id === complaint.complaint_id
    opened.value = complaint
    if (isAgain) void nextTick(focusAtHand)
  }

  /** Where the button that was pressed is gone, what it was about has the focus. */
  function focusAtHand() {
    if (document.activeElement !== document.body) return
    if (openId.value === null || isChosen.value) focusRow(cursor.atHandId.value ?? '')
    else document.querySelector<HTMLElement>('[data-panel]')?.focus({ preventScroll: true })
  }

  const take = (request: ComplaintActionRequest) =>
    desk.take(
      taken.value.complaints.map(({ complaint_id }) => complaint_id),
      request,
    )

  /** Begins a step, where it is possible; a plain one is taken at once, but for `isAsking`. */
  function begin(name: StepName, isAsking: boolean, on: StepOn) {
    const complaints = cursor.targetsOf(on)
    const statuses = complaints.map(({ status }) => status)
    const found = stepsFor(statuses).find((possible) => possible.name === name)
    if (!mayAct.value || desk.isBusy.value || statuses.length === 0 || !found) return
    desk.clear()
    taken.value = { on, complaints }
    if ((name === 'acknowledge' || name === 'start') && !isAsking) {
      void take({ action: name })
      return
    }
    drafts.open(`${name} ${complaints.map(({ complaint_id }) => complaint_id).join(' ')}`)
    step.value = name
  }
  /** Joins the open complaint to another. */
  function merge(into: string) {
    taken.value = { on: 'opened', complaints: cursor.targetsOf('opened') }
    void take({ action: 'merge', into })
  }
  const keys = useDeskKeys({
    move: cursor.move,
    choose: () => mayAct.value && cursor.choose(cursor.atHandId.value),
    step: (name) => begin(name, false, cursor.keysOn.value),
    ask: (name) => begin(name, true, cursor.keysOn.value),
    help: () => (isHelpOpen.value = true),
  })
  return {
    ...{ mayAct, opened, openId, step, taken, drafts, isHelpOpen, version, queue, cursor, desk },
    ...{ outcomeAt, take, begin, merge, show, keys, focusAtHand },
  }
}

export type DeskWork = ReturnType<typeof useDeskWork>
