import { createHash } from 'node:crypto'
import type { PushRequest, PushSubscribed } from '../../../shared/api/push.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { MalformedError } from '../../../shared/parse.ts'
import type { Push } from '../../adapters/push.ts'
import type { Deps } from '../deps.ts'

export type { Push }

type Needed = Pick<Deps, 'models'>

/**
 * Keeps where notices go and about which areas; asked again, the new areas replace the old. Throws `malformed` for an
 * endpoint of no known push service, `unknown_area`.
 */
export async function subscribe(
  { models }: Needed,
  push: Push,
  { endpoint, keys, area_ids, language }: PushRequest,
): Promise<PushSubscribed> {
  if (!push.mayReach(endpoint)) {
    const message = `expected an address at a known push service, got one at ${new URL(endpoint).host}`
    throw new MalformedError('body', [{ path: 'endpoint', message }])
  }
  const areaIds = [...new Set(area_ids)]
  const known = await models.areas.find({ _id: { $in: areaIds } }, { _id: 1 }).lean()
  const missing = areaIds.find((id) => !known.some(({ _id }) => _id === id))
  if (missing !== undefined) throw new CodedError('unknown_area', `area: none with id ${missing}`)
  const subscriptionId = createHash('sha256').update(endpoint).digest('hex')
  await models.pushSubscriptions.updateOne(
    { _id: subscriptionId },
    {
      $set: { endpoint, p256dh: keys.p256dh, auth: keys.auth, area_ids: areaIds, language },
      $setOnInsert: { told_at: [] },
    },
    { upsert: true },
  )
  return { subscription_id: subscriptionId, area_ids: areaIds }
}

/** Forgets a subscription; one that is not there is forgotten already. */
export async function unsubscribe({ models }: Needed, subscriptionId: string): Promise<void> {
  await models.pushSubscriptions.deleteOne({ _id: subscriptionId })
}
