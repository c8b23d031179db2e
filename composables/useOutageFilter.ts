import type { OutageStatus } from '../shared/api/outages.ts'

const STATUSES: readonly OutageStatus[] = ['ongoing', 'restored']

/** The filter of the list of outages, kept in the page's address so that it can be shared. */
export function useOutageFilter(): Ref<OutageFilter> {
  const route = useRoute()
  const router = useRouter()
  const pagePaths = usePagePaths()
  return computed({
    get: () => ({
      areaId: typeof route.query.area === 'string' ? route.query.area : undefined,
      status: STATUSES.find((status) => status === route.query.status),
    }),
    set: (next) => void router.replace(pagePaths.outages(next)),
  })
}
