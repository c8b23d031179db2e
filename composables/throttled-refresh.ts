import { throttled } from './map/throttle.ts'

/** Counts are sums of the portal's: asked for again at once when something changes, then not more often than this. */
const REFRESH_EVERY_MS = 5_000

/** `refresh` at most every few seconds while the component is mounted. */
export function throttledRefresh(refresh: () => unknown): () => void {
  const { call, stop } = throttled(() => void refresh(), REFRESH_EVERY_MS)
  onBeforeUnmount(stop)
  return call
}
