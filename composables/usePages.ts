export interface PageOf<Item> {
  items: Item[]
  next: string | null
}

/**
 * A list that is asked for page by page and grows. `fetchPage` is asked again from the start when `key` changes or on
 * `refresh`.
 */
export async function usePages<Item>(
  key: MaybeRefOrGetter<string>,
  fetchPage: (cursor: string | null) => Promise<PageOf<Item>>,
) {
  const { data, error, status, refresh } = await useAsyncData(toRef(key), () => fetchPage(null), {
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
      const now = data.value
      // Asked anew meanwhile: what came belongs to a list no longer shown.
      if (now?.next === shown.next) data.value = { items: [...now.items, ...items], next }
      moreTrouble.value = null
    } catch (failure) {
      moreTrouble.value = troubleOf(failure)
    } finally {
      isLoadingMore.value = false
    }
  }

  /** Puts other items in the place of those shown, as an event of the portal asks; nothing is asked of it. */
  function change(next: (shown: readonly Item[]) => Item[]) {
    if (data.value) data.value = { ...data.value, items: next(data.value.items) }
  }

  return {
    items: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    isLoadingMore,
    trouble: computed(() => (error.value ? troubleOf(error.value) : moreTrouble.value)),
    loadMore,
    change,
    refresh: () => refresh(),
  }
}
