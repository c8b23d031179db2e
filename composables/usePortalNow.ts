const TICK_MS = 1_000

/**
 * The portal's clock, in milliseconds since the epoch: what it last said (`asOf`, ISO 8601), and from then on every second
 * by the visitor's, whatever that shows.
 */
export function usePortalNow(asOf: () => string | undefined): Readonly<Ref<number>> {
  const said = () => Date.parse(asOf() ?? '') || 0
  const now = ref(said())
  let heardAt = 0
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now.value = said() + (performance.now() - heardAt)
  }
  onMounted(() => {
    heardAt = performance.now()
    timer = setInterval(tick, TICK_MS)
  })
  watch(asOf, () => {
    heardAt = performance.now()
    tick()
  })
  onBeforeUnmount(() => clearInterval(timer))
  return now
}
