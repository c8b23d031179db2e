import type { H3Event } from 'h3'
import { subscriberOf } from '../services/account/network'
import { TooManyError, useAllowance } from '../services/limits/allowance'
import { sharedBuckets } from '../services/limits/shared-buckets'
import type { TakeTokens } from '../services/limits/token-buckets'
import type { DeviceAllowance } from '../services/reading/judge-reading'

/** How much comes from one device, one address and one account; all of it counted over all instances. */

const MS_PER_MINUTE = 60_000
const MS_PER_HOUR = 60 * MS_PER_MINUTE
/** Changes of subscriptions that may come from one address. */
const SUBSCRIPTIONS = { capacity: 60, fillMs: MS_PER_HOUR }

type Limit = 'device' | 'address readings' | 'address requests' | 'account calls'

let limits: Record<Limit, TakeTokens> | null = null

function useLimits(): Record<Limit, TakeTokens> {
  if (limits) return limits
  const { config, deps } = useComposition()
  /** 0 stands for no limit. */
  const atMost = (kind: Limit, capacity: number, fillMs: number): TakeTokens =>
    capacity === 0 ? () => 0 : sharedBuckets(deps, kind, { capacity, fillMs })
  limits = {
    device: atMost('device', config.NUXT_DEVICE_READINGS_PER_HOUR, MS_PER_HOUR),
    'address readings': atMost(
      'address readings',
      config.NUXT_ADDRESS_READINGS_PER_MINUTE,
      MS_PER_MINUTE,
    ),
    'address requests': atMost(
      'address requests',
      config.NUXT_ADDRESS_REQUESTS_PER_MINUTE,
      MS_PER_MINUTE,
    ),
    'account calls': atMost('account calls', config.NUXT_ACCOUNT_CALLS_PER_MINUTE, MS_PER_MINUTE),
  }
  return limits
}

/** The allowance of each device. */
export const deviceAllowance: DeviceAllowance = (deviceId) =>
  useLimits().device(deviceId, 1, Date.now())

function take(limit: Limit, of: string, tokens: number, what: string): void {
  const waitMs = useLimits()[limit](of, tokens, Date.now())
  if (waitMs > 0) throw new TooManyError(what, waitMs)
}

/** What is counted of who asks: an IPv4 address, or the network a provider gives to one customer. */
const senderOf = (event: H3Event): string => subscriberOf(clientAddress(event))

/** Counts readings against the address they come from. Throws `rate_limited`. */
export function countAgainstAddress(event: H3Event, readings: number): void {
  const what = 'address: more readings came from it than one address may hand in'
  take('address readings', senderOf(event), readings, what)
}

/** Counts a request against the address it comes from. Throws `rate_limited`. */
export const countRequest = (event: H3Event): void =>
  take('address requests', senderOf(event), 1, 'address: expected fewer requests from it')

/** Counts a call of somebody signed in. Throws `rate_limited`. */
export const countCall = (accountId: string): void =>
  take('account calls', accountId, 1, 'account: expected fewer calls by it')

/** Counts a change of a push subscription against the address it comes from. Throws `rate_limited`. */
export async function countSubscription(event: H3Event): Promise<void> {
  const counted = { kind: 'subscription', of: senderOf(event) }
  const waitMs = await useAllowance(useDeps(), counted, SUBSCRIPTIONS)
  if (waitMs > 0) throw new TooManyError('address: too many changes of subscriptions', waitMs)
}
