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
  const { default: url } = await import('./offline/worker.ts?worker&url')
  await serviceWorker.register(`${url}?build=${encodeURIComponent(buildId)}`, { scope: '/' })
  const page = performance.getEntriesByType('navigation').find(isPastWorker)
  if (page) keepWhatCamePastIt((await serviceWorker.ready).active, page)
}

/** A worker may take a page over at any moment after it was loaded: only the entry says what came by it. */
const isPastWorker = (entry: PerformanceEntry): boolean =>
  'workerStart' in entry && entry.workerStart === 0

/** Hands the page to a worker, and what was or is being fetched without it: such a request is told of when it has ended. */
function keepWhatCamePastIt(worker: ServiceWorker | null, page: PerformanceEntry): void {
  const keep = (message: Omit<KeepMessage, 'kind'>) =>
    worker?.postMessage({ kind: 'keep', ...message } satisfies KeepMessage)
  // As it was asked for: the address may say by now which part of the map is looked at.
  keep({ page: pathOf(new URL(page.name)), others: [] })
  new PerformanceObserver((list) => {
    const others = list
      .getEntriesByType('resource')
      .filter(isPastWorker)
      .map(({ name }) => new URL(name))
      .filter(({ origin }) => origin === location.origin)
      .map(pathOf)
    if (others.length > 0) keep({ page: null, others })
  }).observe({ type: 'resource', buffered: true })
}

const pathOf = ({ pathname, search }: URL): string => pathname + search
