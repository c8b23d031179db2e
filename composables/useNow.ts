const TICK_MS = 20_000

/** The browser's time, ms since 1970, kept up; null on the server and until the page stands, so that both write the same. */
export function useNow(): Readonly<Ref<number | null>> {
  const now = ref<number | null>(null)
  let timer: number | undefined
  onMounted(() => {
    now.value = Date.now()
    timer = window.setInterval(() => (now.value = Date.now()), TICK_MS)
  })
  onBeforeUnmount(() => window.clearInterval(timer))
  return now
}
