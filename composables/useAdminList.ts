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
  /** As far as it was read: who asks for more finds the place again. */
  async function fetchShown(): Promise<Page<Item>> {
    const wanted = isAgain ? (data.value?.items.length ?? 0) : 0
    let { items, next } = await fetchPage()
    while (items.length < wanted && next !== null) {
      const page = await fetchPage(next)
      items = [...items, ...page.items]
      next = page.next
    }
    return { items, next }
  }
  let isAgain = false
  const more = useStep(async () => {
    const shown = data.value
    if (!shown?.next) return
    const { items, next } = await fetchPage(shown.next)
    // Asked anew meanwhile: what came belongs to a list no longer shown.
    if (data.value === shown) data.value = { items: [...shown.items, ...items], next }
  })
  const { data, error, status, refresh } = await useAsyncData(
    computed(() => pathOf()),
    fetchShown,
    { deep: false },
  )
  async function again() {
    isAgain = true
    await refresh().finally(() => (isAgain = false))
  }
  return {
    items: computed(() => data.value?.items ?? []),
    hasMore: computed(() => data.value?.next != null),
    isLoading: computed(() => status.value === 'pending' && !data.value),
    trouble: computed(() => (error.value ? troubleOf(error.value) : more.trouble.value)),
    loadMore: more.run,
    isLoadingMore: more.isBusy,
    refresh: again,
  }
}
