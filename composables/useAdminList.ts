interface Page<Item> {
  items: Item[]
  next: string | null
}

/**
 * A list of the officials' area, one page after the other; asked for anew when `pathOf` answers another address. The server
 * asks it as the reader does.
 */
export async function useAdminList<Item>(pathOf: (cursor?: string) => string) {
  const fetchAsReader = useRequestFetch()
  const fetchPage = (cursor?: string) =>
    fetchAsReader<Page<Item>, string>(pathOf(cursor), { retry: false })
  const more = useStep(async () => {
    const shown = data.value
    if (!shown?.next) return
    const { items, next } = await fetchPage(shown.next)
    data.value = { items: [...shown.items, ...items], next }
  })
  const { data, error, status, refresh } = await useAsyncData(
    computed(() => pathOf()),
    () => fetchPage(),
    { deep: false },
  )
  return {
    items: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    trouble: computed(() => (error.value ? troubleOf(error.value) : more.trouble.value)),
    loadMore: more.run,
    isLoadingMore: more.isBusy,
    refresh: () => refresh(),
  }
}
