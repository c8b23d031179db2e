import type { PushKey, PushSubscribed } from '../shared/api/push.ts'
import { endSubscription } from './push-subscription.ts'

/** The areas this browser asked for: kept here, so that nobody else can be asked for them. */
const KEPT_UNDER = 'gridwitness-notice-areas'

function keptAreas(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT_UNDER) ?? '[]')
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}

/** On an iPhone or iPad there are notices for what was opened from the home screen alone: `standalone` tells that there. */
const needsHomeScreen = () => 'standalone' in navigator && navigator.standalone === false

/**
 * Whether this browser gets notices about an area, and how to begin and end them. `offered` is false where the browser or the
 * portal has none, until the page stands too. `state` says what stood in the way.
 */
export function useAreaNotices(areaId: string) {
  const { locale } = useI18n()
  const offered = ref(false)
  const subscribed = ref(false)
  const state = ref<'idle' | 'working' | 'denied' | 'failed' | 'untold' | 'homeScreen'>('idle')
  let key = ''

  async function look(): Promise<void> {
    const has = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
    if (!has && !needsHomeScreen()) return
    const answer = await ask<PushKey>(apiPaths.pushKey()).catch(() => null)
    if (!answer?.public_key) return
    key = answer.public_key
    if (has) await lookAtOwn()
    else state.value = 'homeScreen'
    offered.value = true
  }

  async function lookAtOwn(): Promise<void> {
    const registration = await navigator.serviceWorker.getRegistration()
    const subscription = await registration?.pushManager.getSubscription()
    subscribed.value = Boolean(subscription) && keptAreas().includes(areaId)
    if (Notification.permission === 'denied') state.value = 'denied'
  }

  async function subscribe(): Promise<void> {
    const permission = await Notification.requestPermission()
    if (permission === 'denied') state.value = 'denied'
    // Who closes the question has not answered it, and may be asked again.
    if (permission !== 'granted') return
    const { pushManager } = await navigator.serviceWorker.ready
    const before = await pushManager.getSubscription()
    const options = { userVisibleOnly: true, applicationServerKey: key }
    const subscription = before ?? (await pushManager.subscribe(options))
    // What was asked for with a subscription that is gone, went with it.
    await tellPortal(subscription, [...(before ? keptAreas() : []), areaId])
    subscribed.value = true
  }

  async function unsubscribe(): Promise<void> {
    const { pushManager } = await navigator.serviceWorker.ready
    const subscription = await pushManager.getSubscription()
    const left = keptAreas().filter((id) => id !== areaId)
    if (subscription && left.length > 0) await tellPortal(subscription, left)
    else {
      if (subscription) await endSubscription(subscription)
      localStorage.removeItem(KEPT_UNDER)
    }
    subscribed.value = false
  }

  async function tellPortal(subscription: PushSubscription, areas: string[]): Promise<void> {
    const { endpoint, keys } = subscription.toJSON()
    const { area_ids } = await $fetch<PushSubscribed, string>(apiPaths.pushSubscriptions(), {
      method: 'POST',
      body: {
        endpoint,
        keys: { p256dh: keys?.p256dh, auth: keys?.auth },
        area_ids: [...new Set(areas)],
        language: locale.value,
      },
      retry: false,
    })
    localStorage.setItem(KEPT_UNDER, JSON.stringify(area_ids))
  }

  async function toggle(): Promise<void> {
    state.value = 'working'
    try {
      await (subscribed.value ? unsubscribe() : subscribe())
      if (state.value === 'working') state.value = 'idle'
    } catch (failure) {
      // What the browser refuses is a DOMException; all else came of asking the portal.
      state.value = failure instanceof DOMException ? 'failed' : 'untold'
    }
  }

  onMounted(() => void look())
  return { offered, subscribed, state, toggle }
}
