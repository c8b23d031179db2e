/**
 * The filter of a list, kept in the page's address so that it can be shared: `pathOf` is the address of the list by a filter,
 * `name` what its query calls the status.
 */
export function useListFilter<Status extends string>(
  statuses: readonly Status[],
  pathOf: (filter: ListFilter<Status>) => string,
  name = 'status',
): Ref<ListFilter<Status>> {
  const route = useRoute()
  const router = useRouter()
  const text = (member: string) => {
    const value = route.query[member]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return computed({
    get: () => ({
      areaId: text('area'),
      status: statuses.find((status) => status === text(name)),
    }),
    set: (next) => void router.replace(pathOf(next)),
  })
}
