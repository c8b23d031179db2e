import type { ComplaintSummary } from '../shared/api/complaints.ts'

interface Page {
  items: ComplaintSummary[]
  next: string | null
}

const LIMIT = 50

/** Complaints, newest first, narrowed by `filter`; `onComplaint` takes the portal's events about them. */
export async function useComplaints(filter: Readonly<Ref<ComplaintFilter>>) {
  const fetchPage = (cursor?: string | null) =>
    ask<Page>(apiPaths.complaints({ ...filter.value, cursor, limit: LIMIT }))
  const key = computed(() => `complaints:${filter.value.areaId ?? ''}:${filter.value.status ?? ''}`)
  const { data, error, status, refresh } = await useAsyncData(key, () => fetchPage(), {
    deep: false,
  })
  const moreTrouble = shallowRef<Trouble | null>(null)
  const isLoadingMore = ref(false)

  async function loadMore() {
    const shown = data.value
    if (!shown?.next || isLoadingMore.value) return
    isLoadingMore.value = true
    try {
      const { items, next } = await fetchPage(shown.next)
      data.value = { items: [...shown.items, ...items], next }
      moreTrouble.value = null
    } catch (failure) {
      moreTrouble.value = troubleOf(failure)
    } finally {
      isLoadingMore.value = false
    }
  }

  /**
   * Shows a change at once. One that fits the filter no longer stays where it is, under its new status: nothing goes away
   * under the reader's eyes.
   */
  function show(complaint: ComplaintSummary, isWithin: (areaId: string, outer: string) => boolean) {
    const shown = data.value
    if (!shown) return
    const { areaId, status: wanted } = filter.value
    const isOpen = complaint.closed_at === null
    const isWanted =
      (areaId === undefined || isWithin(complaint.area_id, areaId)) &&
      (wanted === undefined || (wanted === 'open' ? isOpen : wanted === complaint.status))
    const isSame = ({ complaint_id }: ComplaintSummary) => complaint_id === complaint.complaint_id
    const isLater = complaint.filed_at > (shown.items[0]?.filed_at ?? '')
    const items = shown.items.some(isSame)
      ? shown.items.map((item) => (isSame(item) ? complaint : item))
      : isWanted && isLater
        ? [complaint, ...shown.items]
        : shown.items
    data.value = { ...shown, items }
  }

  return {
    complaints: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    isLoadingMore,
    trouble: computed(() => (error.value ? troubleOf(error.value) : moreTrouble.value)),
    loadMore,
    show,
    refresh: () => refresh(),
  }
}
