/** The filter of the batch list, kept in the page's address so that it can be shared. */
export function useBatchFilter(): Ref<BatchFilter> {
  const route = useRoute()
  const router = useRouter()
  const pagePaths = usePagePaths()
  const text = (name: string) => {
    const value = route.query[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return computed({
    get: () => ({
      areaId: text('area'),
      state: BATCH_STATE_ORDER.find((state) => state === text('state')),
    }),
    set: (next) => void router.replace(pagePaths.batches(next)),
  })
}
