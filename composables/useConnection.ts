import { KEPT_AT, type KeptMessage } from './offline/messages.ts'

/** Whether there is a network, and since when what is shown has been kept on this device (ISO 8601; null: it is fresh). */
export function useConnection() {
  const isOffline = ref(false)
  const keptAt = ref<string | null>(null)

  function onKept({ data }: MessageEvent<KeptMessage>) {
    if (data.kind !== 'kept') return
    isOffline.value = true
    if (keptAt.value === null || data.at < keptAt.value) keptAt.value = data.at
  }
  const onLost = () => {
    isOffline.value = true
  }
  const onBack = () => {
    isOffline.value = false
    keptAt.value = null
  }

  onMounted(() => {
    keptAt.value = document.documentElement.getAttribute(KEPT_AT)
    isOffline.value = keptAt.value !== null || !navigator.onLine
    navigator.serviceWorker?.addEventListener('message', onKept)
    window.addEventListener('offline', onLost)
    window.addEventListener('online', onBack)
  })
  onBeforeUnmount(() => {
    navigator.serviceWorker?.removeEventListener('message', onKept)
    window.removeEventListener('offline', onLost)
    window.removeEventListener('online', onBack)
  })
  return { isOffline, keptAt }
}
