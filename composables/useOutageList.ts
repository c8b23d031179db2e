import type { Outage, Outages } from '../shared/api/outages.ts'

const LIMIT = 30
/** Those that go on are shown together, whatever their start. */
const ONGOING_LIMIT = 200

/** Outages that go on, and those over page by page, newest first; asked for again when the portal tells of a change. */
export async function useOutageList(filter: Readonly<Ref<OutageFilter>>) {
  const name = computed(() => `${filter.value.areaId ?? ''}:${filter.value.status ?? ''}`)
  const fetchOngoing = async (): Promise<Outages> =>
    filter.value.status === 'restored'
      ? { items: [], next: null }
      : ask(supplyApi.outages({ ...filter.value, status: 'ongoing', limit: ONGOING_LIMIT }))
  const fetchOver = async (cursor: string | null): Promise<Outages> =>
    filter.value.status === 'ongoing'
      ? { items: [], next: null }
      : ask(supplyApi.outages({ ...filter.value, status: 'restored', cursor, limit: LIMIT }))
  const [ongoing, over] = await Promise.all([
    usePages<Outage>(() => `outages-ongoing:${name.value}`, fetchOngoing),
    usePages<Outage>(() => `outages-over:${name.value}`, fetchOver),
  ])
  const refresh = () => Promise.all([ongoing.refresh(), over.refresh()])
  return {
    ongoing: ongoing.items,
    over: over.items,
    hasMore: over.hasMore,
    isLoading: computed(() => ongoing.isLoading.value || over.isLoading.value),
    isLoadingMore: over.isLoadingMore,
    trouble: computed(() => ongoing.trouble.value ?? over.trouble.value),
    loadMore: over.loadMore,
    refresh,
  }
}
