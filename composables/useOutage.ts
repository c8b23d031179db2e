import type { Outage, OutageDetail, OutageInterruption } from '../shared/api/outages.ts'

const LIMIT = 100

/** One outage with its interruptions. One the portal does not know is a missing page. */
export async function useOutage(outageId: string) {
  const fetchPage = (cursor: string | null) =>
    ask<OutageDetail>(supplyApi.outage(outageId, { cursor, limit: LIMIT }))
  const asked = useAsyncData(`outage:${outageId}`, () => fetchPage(null), { deep: false })
  const again = throttledRefresh(() => asked.refresh())
  const { data, error } = await asked
  failAsMissing(error.value)
  const isLoadingMore = ref(false)
  const moreTrouble = shallowRef<Trouble | null>(null)

  async function loadMore() {
    const shown = data.value
    if (!shown?.interruptions.next || isLoadingMore.value) return
    isLoadingMore.value = true
    try {
      const page = await fetchPage(shown.interruptions.next)
      const items = [...shown.interruptions.items, ...page.interruptions.items]
      data.value = { ...page, interruptions: { items, next: page.interruptions.next } }
      moreTrouble.value = null
    } catch (failure) {
      moreTrouble.value = troubleOf(failure)
    } finally {
      isLoadingMore.value = false
    }
  }

  return {
    outage: data,
    interruptions: computed((): OutageInterruption[] => data.value?.interruptions.items ?? []),
    hasMore: computed(() => data.value?.interruptions.next != null),
    isLoadingMore,
    trouble: computed(() => (error.value ? troubleOf(error.value) : moreTrouble.value)),
    loadMore,
    onOutage: (changed: Outage) => {
      if (changed.outage_id === outageId) again()
    },
    refresh: again,
  }
}
