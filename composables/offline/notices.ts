/// <reference lib="webworker" />
import type { PushNotice } from '../../shared/api/push.ts'
import { endSubscription } from '../push-subscription.ts'

/** What the service worker does with a notice: shows it; a tap opens its page, one on its button ends all notices. */

const STOP = 'stop'

const isNotice = (value: unknown): value is PushNotice =>
  typeof value === 'object' &&
  value !== null &&
  ['title', 'body', 'path', 'tag', 'stop'].every(
    (name) => typeof Reflect.get(value, name) === 'string',
  )

export async function showNotice(
  { registration }: ServiceWorkerGlobalScope,
  message: PushMessageData | null,
): Promise<void> {
  const notice: unknown = message?.json()
  if (!isNotice(notice)) return
  const { title, body, path, tag, stop } = notice
  // `actions` is not in TypeScript's library: only workers may give them.
  const options: NotificationOptions & { actions: { action: string; title: string }[] } = {
    body,
    tag,
    icon: '/icons/icon-192.png',
    data: path,
    actions: [{ action: STOP, title: stop }],
  }
  await registration.showNotification(title, options)
}

export async function answerTap(
  { registration, clients, location }: ServiceWorkerGlobalScope,
  { notification, action }: NotificationEvent,
): Promise<void> {
  notification.close()
  if (action === STOP) {
    const subscription = await registration.pushManager.getSubscription()
    if (subscription) await endSubscription(subscription)
    return
  }
  const { origin, href } = new URL(String(notification.data), location.origin)
  if (origin === location.origin) await clients.openWindow(href)
}
