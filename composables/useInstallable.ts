import type { KeepMessage } from './offline/messages.ts'

/**
 * Makes the portal installable and readable without network: names the manifest, and registers the service worker once the
 * page stands. Does nothing where browsers offer none.
 */
export function useInstallable(): void {
  const { locale } = useI18n()
  const { buildId } = useRuntimeConfig().app
  useHead({
    link: () => [
      {
        rel: 'manifest' as const,
        href: locale.value === 'hi' ? '/manifest-hi.webmanifest' : '/manifest.webmanifest',
      },
      { rel: 'apple-touch-icon' as const, href: '/icons/apple-touch-180.png' },
    ],
  })
  onMounted(() => {
    if (import.meta.dev || !('serviceWorker' in navigator)) return
    // After everything the reader waits for.
    onNuxtReady(() => void register(buildId).catch(() => undefined))
  })
}

async function register(buildId: string): Promise<void> {
  const { serviceWorker } = navigator
  const isFirst = serviceWorker.controller === null
  const { default: url } = await import('./offline/worker.ts?worker&url')
  await serviceWorker.register(`${url}?build=${encodeURIComponent(buildId)}`, { scope: '/' })
  if (isFirst) keepWhatCamePastIt((await serviceWorker.ready).active)
}

/** Hands the page to its first worker, and what was or is being fetched without it: such a request is told of when it has ended. */
function keepWhatCamePastIt(worker: ServiceWorker | null): void {
  const keep = (message: Omit<KeepMessage, 'kind'>) =>
    worker?.postMessage({ kind: 'keep', ...message } satisfies KeepMessage)
  keep({ page: location.pathname + location.search, others: [] })
  new PerformanceObserver((list) => {
    const others = list
      .getEntriesByType('resource')
      .filter((entry) => 'workerStart' in entry && entry.workerStart === 0)
      .map(({ name }) => new URL(name))
      .filter(({ origin }) => origin === location.origin)
      .map(({ pathname, search }) => pathname + search)
    if (others.length > 0) keep({ page: null, others })
  }).observe({ type: 'resource', buffered: true })
}
