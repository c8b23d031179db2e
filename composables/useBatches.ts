import type { Batch } from '../shared/api/ledger.ts'

interface Page {
  items: Batch[]
  next: string | null
}

const LIMIT = 50

const isSame = (a: Batch, b: Batch) => a.area_id === b.area_id && a.number === b.number

/** Batches of the ledger, newest first, narrowed by `filter`, kept current by the portal's events. */
export async function useBatches(filter: Readonly<Ref<BatchFilter>>) {
  const fetchPage = (cursor?: string | null) =>
    ask<Page>(apiPaths.batches({ ...filter.value, cursor, limit: LIMIT }))
  const key = computed(() => `batches:${filter.value.areaId ?? ''}:${filter.value.state ?? ''}`)
  const { data, error, status, refresh } = await useAsyncData(key, () => fetchPage(), {
    deep: false,
  })
  const isLoadingMore = ref(false)
  const moreTrouble = shallowRef<Trouble | null>(null)

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

  function belongs({ area_id, state }: Batch): boolean {
    const { areaId, state: wanted } = filter.value
    return (!areaId || areaId === area_id) && (!wanted || wanted === state)
  }

  function onBatch(batch: Batch) {
    const shown = data.value
    if (!shown) return
    const isKnown = shown.items.some((item) => isSame(item, batch))
    const changed = shown.items.map((item) => (isSame(item, batch) ? batch : item)).filter(belongs)
    data.value = { ...shown, items: isKnown || !belongs(batch) ? changed : [batch, ...changed] }
  }

  return {
    batches: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    isLoadingMore,
    trouble: computed(() => (error.value ? troubleOf(error.value) : moreTrouble.value)),
    loadMore,
    onBatch,
    refresh: () => refresh(),
  }
}
