import {
  interruptionKey,
  overlap,
  type Break,
  type Interruption,
  type InterruptionChange,
  type Period,
  type ServiceSpan,
} from '../../../shared/outage/index.ts'
import { isLocal } from '../../../shared/outage/sums.ts'
import { spanPeriod } from '../../../shared/outage/service.ts'
import type { DeviceLineRow, InterruptionRow } from '../../models/index.ts'
import { areaDayId } from './area-days.ts'
import { changedTime } from './changed-time.ts'
import type { Deps } from '../deps.ts'
import type { DerivedOutage } from '../outage/outage-draft.ts'
import type { AreaEventsChange } from '../outage/outage-events.ts'
import { ofOutage } from '../outage/outage-interruptions.ts'
import type { LineChange } from '../outage/outage-line.ts'
import { interruptionOf, outageOf } from '../outage/outage-rows.ts'

const DAY_MS = 86_400_000
const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS

/** What a round changes about one device. */
export interface DeviceChange {
  deviceId: string
  line: LineChange
  spans: { before: readonly ServiceSpan[]; after: readonly ServiceSpan[] }
  interruptions: InterruptionChange
  after: DeviceLineRow
}

/** Days that are over, of the areas a device was in, in which its state is not what it was. */
function* ofBreaks({ line: { breaks }, spans }: DeviceChange): Generator<AreaTime> {
  for (const { time } of changedTime<Break>(breaks.removed, breaks.added))
    yield* inService([...spans.before, ...spans.after], time)
}

/** Facts of a span follow from the event that began it, so only its end can change under one key. */
function* ofService({ spans: { before, after } }: DeviceChange): Generator<AreaTime> {
  const byEvent = (spans: readonly ServiceSpan[]) =>
    new Map(spans.map((span) => [span.leafHash, span]))
  for (const { time, row } of changedTime(byEvent(before), byEvent(after)))
    yield { areaId: row.areaId, time }
}

/** Where and when an interruption counts. */
function* ofCounts({ interruptions: { removed, added } }: DeviceChange): Generator<AreaTime> {
  for (const { areaId, countedAt } of [...removed, ...added])
    yield { areaId, time: { fromAt: countedAt, toAt: countedAt + 1 } }
}

interface AreaTime {
  areaId: string
  time: Period
}

function* inService(spans: readonly ServiceSpan[], time: Period): Generator<AreaTime> {
  for (const span of spans) {
    const part = overlap(spanPeriod(span), time)
    if (part) yield { areaId: span.areaId, time: part }
  }
}

/**
 * Interruptions that become local or cease to be, as they were and as they are, with those of devices that nothing else
 * changes about.
 */
async function localChanges(
  { models }: Pick<Deps, 'models'>,
  { interruptions: { removed, added }, touched, saved }: AreaEventsChange,
): Promise<Interruption[]> {
  const [before, after] = [isLocal(touched.map(outageOf)), isLocal(saved.map(outageOf))]
  const now = new Map(added.map((one) => [interruptionKey(one), one]))
  const gone = new Set(removed.map(interruptionKey))
  const found: Interruption[] = []
  for (const local of changingLocals(touched, saved)) {
    const rows = await models.deviceBreaks.collection
      .find<InterruptionRow>(ofOutage(local))
      .toArray()
    for (const was of rows.map(interruptionOf)) {
      const key = interruptionKey(was)
      const is = now.get(key) ?? (gone.has(key) ? null : was)
      if (is && before(was) !== after(is)) found.push(was, is)
    }
  }
  return found
}

/** Outages of one device, before or after, that meet one on the other side that is not. */
const changingLocals = (before: readonly DerivedOutage[], after: readonly DerivedOutage[]) =>
  before.flatMap((was) =>
    after
      .filter((is) => is.local !== was.local)
      .filter((is) => is.started_at <= was.last_start_at && is.last_start_at >= was.started_at)
      .map((is) => (was.local ? was : is)),
  )

async function* ofLocals(
  { models }: Pick<Deps, 'models'>,
  changes: readonly DeviceChange[],
  events: readonly AreaEventsChange[],
): AsyncGenerator<AreaTime> {
  const interruptions: Interruption[] = []
  for (const change of events) interruptions.push(...(await localChanges({ models }, change)))
  if (interruptions.length === 0) return
  const known = new Map(changes.map(({ deviceId, spans }) => [deviceId, spans]))
  const ids = new Set(interruptions.map(({ deviceId }) => deviceId))
  const others = await models.deviceLines
    .find({ _id: { $in: [...ids].filter((id) => !known.has(id)) } }, { service: 1 })
    .lean()
  for (const { _id, service } of others) known.set(_id, { before: service, after: [] })
  for (const { areaId, deviceId, countedAt, endedAt } of interruptions) {
    yield { areaId, time: { fromAt: countedAt, toAt: countedAt + 1 } }
    const { before = [], after = [] } = known.get(deviceId) ?? {}
    yield* inService([...before, ...after], {
      fromAt: countedAt,
      toAt: endedAt ?? Number.POSITIVE_INFINITY,
    })
  }
}

/**
 * Ids of the kept days that a round changes: of those that are over, all in whose area a device's state, service or
 * interruption is not what it was, or counts otherwise.
 */
export async function changedDays(
  deps: Pick<Deps, 'models' | 'clock'>,
  { changes, events }: { changes: readonly DeviceChange[]; events: readonly AreaEventsChange[] },
): Promise<Set<string>> {
  const todayAt = dayOf(deps.clock.now().getTime())
  const found = new Set<string>()
  const note = ({ areaId, time }: AreaTime): void => {
    for (let at = dayOf(time.fromAt); at < Math.min(time.toAt, todayAt); at += DAY_MS)
      found.add(areaDayId(areaId, at))
  }
  for (const change of changes) {
    for (const one of ofBreaks(change)) note(one)
    for (const one of ofService(change)) note(one)
    for (const one of ofCounts(change)) note(one)
  }
  for await (const one of ofLocals(deps, changes, events)) note(one)
  return found
}
