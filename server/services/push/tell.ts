import { createHash } from 'node:crypto'
import type { Push } from '../../adapters/push.ts'
import type { PushSubscriptionRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import type { Lease } from '../lease.ts'
import { untoldOf } from './untold.ts'
import { noticeOf, type NoticeFacts } from './words.ts'

const HOUR_MS = 3_600_000
/** Notices one browser gets in an hour. */
const MOST_PER_HOUR = 6
/** Notices sent at once. */
const AT_ONCE = 10
/** RFC 8030 §5.4: a topic has at most 32 characters. */
const TOPIC_CHARACTERS = 32

export interface Telling {
  push: Push
  lease: Lease
  /** IANA name. */
  timeZone: string
}

/**
 * Tells who asked for an area, or one it lies in, of outages that last more than five minutes and of their end. Cut short,
 * it tells again, and browsers show the second in place of the first. Answers how many notices were delivered.
 */
export async function tellSubscribers(deps: Deps, telling: Telling): Promise<number> {
  if (!(await telling.lease.hold())) return 0
  let delivered = 0
  await telling.lease.holdDuring(async () => {
    const untold = await untoldOf(deps)
    const areaIds = untold.map(({ areaId }) => areaId)
    const [names, { ancestorsOf }] = await Promise.all([
      areaNames(deps, areaIds),
      areaAncestry(deps, areaIds),
    ])
    for (const facts of untold) {
      const { areaId, key } = facts
      const named = { ...facts, areaName: names.get(areaId) ?? areaId }
      delivered += await tellOf(deps, telling, named, [areaId, ...ancestorsOf(areaId)])
      const told = { told_at: deps.clock.now() }
      await deps.models.pushNotices.updateOne({ _id: key }, { $set: told }, { upsert: true })
    }
  })
  return delivered
}

async function tellOf(
  deps: Deps,
  telling: Telling,
  facts: NoticeFacts,
  areaIds: string[],
): Promise<number> {
  const topic = createHash('sha256').update(facts.outageId).digest('base64url')
  let delivered = 0
  const tell = async (row: PushSubscriptionRow): Promise<void> => {
    const text = JSON.stringify(noticeOf(facts, row.language, telling.timeZone))
    const short = topic.slice(0, TOPIC_CHARACTERS)
    if (await tellOne(deps, telling.push, row, { text, topic: short })) delivered += 1
  }
  let group: PushSubscriptionRow[] = []
  for await (const row of deps.models.pushSubscriptions
    .find({ area_ids: { $in: areaIds } })
    .lean()
    .cursor()) {
    group.push(row)
    if (group.length < AT_ONCE) continue
    await Promise.all(group.map(tell))
    group = []
  }
  await Promise.all(group.map(tell))
  return delivered
}

async function tellOne(
  { models, clock }: Deps,
  push: Push,
  row: PushSubscriptionRow,
  { text, topic }: { text: string; topic: string },
): Promise<boolean> {
  const now = clock.now()
  const lately = row.told_at.filter((at) => at.getTime() > now.getTime() - HOUR_MS)
  if (lately.length >= MOST_PER_HOUR) return false
  const delivery = await push.send(row, text, topic)
  if (delivery === 'gone')
    await models.pushSubscriptions.deleteOne({ _id: row._id, p256dh: row.p256dh })
  if (delivery !== 'delivered') return false
  const toldAt = { $each: [now], $slice: -MOST_PER_HOUR }
  await models.pushSubscriptions.updateOne({ _id: row._id }, { $push: { told_at: toldAt } })
  return true
}
