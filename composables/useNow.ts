const TICK_MS = 20_000

const nowState = () => useState<number | null>('browser-now', () => null)

/** The browser's time, ms since 1970, kept up; null on the server and until the page stands, so that both write the same. */
export const useNow = (): Readonly<Ref<number | null>> => nowState()

/** Keeps that time, once for all that tell it. */
export function useClock(): void {
  const now = nowState()
  let timer: number | undefined
  const tick = () => (now.value = Date.now())
  function start() {
    tick()
    timer = window.setInterval(tick, TICK_MS)
  }
  // Not before the page stands: until then it is what the server wrote.
  if (import.meta.client) useNuxtApp().hooks.hookOnce('app:suspense:resolve', start)
  onBeforeUnmount(() => window.clearInterval(timer))
}
