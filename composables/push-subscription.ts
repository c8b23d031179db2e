import { apiPaths } from './paths.ts'

/** The id the portal knows a subscription by: SHA-256 of its endpoint, in hex. */
async function subscriptionId(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint))
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Ends all notices to this browser: here at once, and at the portal where it can be reached; else its next notice finds nobody. */
export async function endSubscription(subscription: PushSubscription): Promise<void> {
  await subscription.unsubscribe()
  const path = apiPaths.pushSubscription(await subscriptionId(subscription.endpoint))
  await fetch(path, { method: 'DELETE' }).catch(() => undefined)
}
