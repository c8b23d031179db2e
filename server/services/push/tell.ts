import { createHash } from 'node:crypto'
import { MOMENTARY_MS } from '../../../shared/outage/index.ts'
import type { Push } from '../../adapters/push.ts'
import type { OutageRow, PushSubscriptionRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import { areaNames } from '../area/area-names.ts'
import type { Deps } from '../deps.ts'
import type { Lease } from '../lease.ts'
import { noticeOf, type NoticeFacts } from './words.ts'

const HOUR_MS = 3_600_000
/** Older news is no news: records that come late say nothing to anybody's phone. */
const NEWS_MS = 6 * HOUR_MS
/** Notices one browser gets in an hour. */
const MOST_PER_HOUR = 6
/** Outages looked at in one round, and notices sent at once. */
const MAX_OUTAGES = 200
const AT_ONCE = 10
/** RFC 8030 §5.4: a topic has at most 32 characters. */
const TOPIC_CHARACTERS = 32

export interface Telling {
  push: Push
  lease: Lease
  /** IANA name. */
  timeZone: string
}

type Facts = Omit<NoticeFacts, 'areaName'> & { areaId: string; key: string }

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

/** Sustained beginnings nobody was told of, and ends of those somebody was. */
async function untoldOf({ models, clock }: Deps): Promise<Facts[]> {
  const nowMs = clock.now().getTime()
  const news = new Date(nowMs - NEWS_MS)
  const [ongoing, ended] = await Promise.all([
    models.outages
      .find({
        ended_at: null,
        local: false,
        started_at: { $gte: news, $lt: new Date(nowMs - MOMENTARY_MS) },
      })
      .sort({ started_at: -1 })
      .limit(MAX_OUTAGES)
      .lean(),
    models.outages
      .find({ changed_at: { $gte: news }, ended_at: { $ne: null }, local: false })
      .sort({ changed_at: -1 })
      .limit(MAX_OUTAGES)
      .lean(),
  ])
  const facts = [
    ...ongoing.map((row) => factsOf(row, 'began')),
    ...ended.map((row) => factsOf(row, 'ended')),
  ]
  const keys = facts.flatMap(({ outageId }) => [`${outageId}:began`, `${outageId}:ended`])
  const rows = await models.pushNotices.find({ _id: { $in: keys } }, { _id: 1 }).lean()
  const told = new Set(rows.map(({ _id }) => _id))
  return facts.filter(
    ({ key, kind, outageId }) =>
      !told.has(key) && (kind === 'began' || told.has(`${outageId}:began`)),
  )
}

const factsOf = (row: OutageRow, kind: NoticeFacts['kind']): Facts => ({
  kind,
  key: `${row._id}:${kind}`,
  outageId: row._id,
  areaId: row.area_id,
  devices: row.devices,
  startedAt: row.started_at,
  endedAt: row.ended_at,
})

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
