import type { ComplaintActionRequest, QueuedComplaint } from '../shared/api/complaint-admin.ts'

/**
 * An official's work on a queue: what is at hand in it, the complaint that is open beside it, and the step being taken. Keys and
 * watches belong to the page that calls, so nothing is awaited in here.
 */
export function useDeskWork(queue: Awaited<ReturnType<typeof useAdminList<QueuedComplaint>>>) {
  const route = useRoute()
  const pages = useAccountPages()
  const { account } = useWho()
  const mayAct = computed(() => account.value?.role !== 'auditor')
  const opened = shallowRef<AtHand | null>(null)
  /** The step that asks for something before it is taken. */
  const step = ref<StepName | null>(null)
  const isHelpOpen = ref(false)
  /** Counts the steps taken: what is open beside the queue is asked for again. */
  const version = ref(0)
  const openId = computed(() => (typeof route.params.id === 'string' ? route.params.id : null))
  watch(openId, (id) => {
    if (id === null) opened.value = null
  })

  const cursor = useQueueCursor({
    items: queue.items,
    opened,
    open: (id) => navigateTo(pages.desk(id), { replace: true }),
  })
  const desk = useDesk(async () => {
    cursor.clear()
    step.value = null
    version.value += 1
    await queue.refresh()
  })
  const take = (request: ComplaintActionRequest) =>
    desk.take(
      cursor.targets.value.map(({ complaint_id }) => complaint_id),
      request,
    )

  /** Begins a step on what is at hand, where it is possible; a plain one is taken at once, but for `isAsking`. */
  function begin(name: StepName, isAsking = false) {
    const statuses = cursor.targets.value.map(({ status }) => status)
    const found = stepsFor(statuses).find((possible) => possible.name === name)
    if (!mayAct.value || statuses.length === 0 || !found) return
    if ((name === 'acknowledge' || name === 'start') && !isAsking) void take({ action: name })
    else step.value = name
  }
  const keys = useDeskKeys({
    move: cursor.move,
    choose: () => mayAct.value && cursor.choose(cursor.atHandId.value),
    step: begin,
    ask: (name) => begin(name, true),
    help: () => (isHelpOpen.value = true),
  })
  return {
    ...{ mayAct, opened, openId, step, isHelpOpen, version, queue, cursor, desk },
    ...{ take, begin, keys },
  }
}

export type DeskWork = ReturnType<typeof useDeskWork>
