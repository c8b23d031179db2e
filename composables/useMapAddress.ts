import { throttled } from './map/throttle.ts'

/** A map is dragged many times a second; browsers refuse an address that changes as often. */
const WRITE_EVERY_MS = 500

/** What the map shows as its address says it, and the address as the map is used. It grows no history. */
export function useMapAddress() {
  const route = useRoute()
  const router = useRouter()
  const pagePaths = usePagePaths()
  const link = shallowRef<MapLink>(mapLinkOf(route.query))
  let written = route.fullPath

  const write = throttled(() => {
    written = router.resolve(pagePaths.map(link.value)).fullPath
    if (written !== route.fullPath) void router.replace(written)
  }, WRITE_EVERY_MS)

  function change(part: MapLink) {
    link.value = { ...link.value, ...part }
    write.call()
  }

  // Someone followed a link from the map to the map.
  watch(
    () => route.fullPath,
    (path) => {
      if (path !== written) link.value = mapLinkOf(route.query)
    },
  )
  onBeforeRouteLeave(write.stop)
  onBeforeUnmount(write.stop)

  return {
    link,
    change,
    chosen: computed({
      get: () => link.value.chosen ?? null,
      set: (chosen) => change({ chosen }),
    }),
    states: computed({
      get: () => link.value.states ?? MAP_STATES,
      set: (states) => change({ states }),
    }),
    at: computed({ get: () => link.value.at ?? null, set: (at) => change({ at }) }),
  }
}
