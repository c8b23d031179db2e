import type { H3Event } from 'h3'
import { CodedError } from '../../shared/coded-error'
import type { Push } from '../services/push/subscribe'
import { tokenBuckets } from '../services/token-buckets'

/** Changes of subscriptions that may come from one address in an hour, counted by each process for itself. */
const take = tokenBuckets({ capacity: 60, fillMs: 3_600_000 })

/** Throws `not_found` where this portal sends no notices. */
export function usePushSender(): Push {
  const { push } = useComposition()
  if (push) return push
  throw new CodedError('not_found', 'push: this portal sends no notices')
}

/** Throws `rate_limited`. */
export function countSubscription(event: H3Event): void {
  const waitMs = take(clientAddress(event) ?? '', 1, Date.now())
  if (waitMs === 0) return
  const seconds = Math.ceil(waitMs / 1000)
  throw new CodedError(
    'rate_limited',
    `address: too many changes of subscriptions; try again in ${seconds} s`,
  )
}
