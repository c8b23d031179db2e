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
  if (!isFirst) return
  const { active } = await serviceWorker.ready
  const fetched = performance.getEntriesByType('resource').map(({ name }) => new URL(name))
  const message: KeepMessage = {
    kind: 'keep',
    page: location.pathname + location.search,
    others: fetched
      .filter(({ origin }) => origin === location.origin)
      .map(({ pathname, search }) => pathname + search),
  }
  active?.postMessage(message)
}
