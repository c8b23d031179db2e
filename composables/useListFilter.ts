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
  return computed({
    get: () => ({
      areaId: queryText(route.query, 'area'),
      status: statuses.find((status) => status === queryText(route.query, name)),
    }),
    set: (next) => void router.replace(pathOf(next)),
  })
}
