import type { ComplaintSummary } from '../shared/api/complaints.ts'

interface Page {
  items: ComplaintSummary[]
  next: string | null
}

const LIMIT = 50

/** Complaints, newest first, narrowed by `filter`. */
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

  return {
    complaints: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    isLoadingMore,
    trouble: computed(() => (error.value ? troubleOf(error.value) : moreTrouble.value)),
    loadMore,
    refresh: () => refresh(),
  }
}
