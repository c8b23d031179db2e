import { outageOf, outageRow } from './outage-rows.ts'
import { reviseEvents, type Interruption, type OutageEvent } from '../../../shared/outage/index.ts'
import { CHAIN_MS } from '../../../shared/outage/rules.ts'
import type { Deps } from '../deps.ts'
import { cellsOfOutages } from './outage-cells.ts'

export interface InterruptionChange {
  removed: Interruption[]
  added: Interruption[]
}

/** What a round changes about the events of one area. */
export interface AreaEventsChange {
  /** Those of before that the change touches. */
  touched: OutageEvent[]
  /** What becomes of them. */
  saved: OutageEvent[]
  /** Ids that are no more. */
  removed: string[]
}

/** Works out how the outage events of one area change; writes nothing. */
export async function reviseAreaEvents(
  deps: Pick<Deps, 'models'>,
  areaId: string,
  change: InterruptionChange,
): Promise<AreaEventsChange> {
  const starts = [...change.removed, ...change.added].map(({ countedAt }) => countedAt)
  const touched = await eventsAround(deps, areaId, starts)
  return { touched, ...reviseEvents(touched, change) }
}

/**
 * Writes how the events of one area change. What joins is saved under its new id before the old one goes, the earliest
 * first: cut short anywhere, it ends the same when done again.
 */
export async function writeAreaEvents(
  deps: Pick<Deps, 'models' | 'clock'>,
  { touched, saved, removed }: AreaEventsChange,
): Promise<void> {
  const { outages } = deps.models
  const known = new Map(touched.map((event) => [event.id, JSON.stringify(event)]))
  const changed = saved
    .filter((event) => known.get(event.id) !== JSON.stringify(event))
    .sort((a, b) => a.startedAt - b.startedAt)
  const cells = await cellsOfOutages(deps, changed)
  const changedAt = deps.clock.now()
  for (const event of changed)
    await outages.replaceOne(
      { _id: event.id },
      outageRow(event, cells.get(event.id) ?? [], changedAt),
      { upsert: true },
    )
  if (removed.length > 0) await outages.deleteMany({ _id: { $in: removed } })
}

/** Stretches that hold all these starts with 180 s to either side; those that meet are one. */
function stretches(starts: readonly number[]): { fromAt: number; toAt: number }[] {
  const found: { fromAt: number; toAt: number }[] = []
  for (const at of starts.toSorted((a, b) => a - b)) {
    const last = found.at(-1)
    if (last && at - CHAIN_MS <= last.toAt) last.toAt = at + CHAIN_MS
    else found.push({ fromAt: at - CHAIN_MS, toAt: at + CHAIN_MS })
  }
  return found
}

async function eventsAround(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  starts: readonly number[],
): Promise<OutageEvent[]> {
  const found = new Map<string, OutageEvent>()
  for (const { fromAt, toAt } of stretches(starts)) {
    const [within, before] = await Promise.all([
      models.outages
        .find({ area_id: areaId, started_at: { $gte: new Date(fromAt), $lte: new Date(toAt) } })
        .lean(),
      // Events of an area follow one another: only the last that began earlier can reach here.
      models.outages
        .find({ area_id: areaId, started_at: { $lt: new Date(fromAt) } })
        .sort({ area_id: 1, started_at: -1, _id: -1 })
        .limit(1)
        .lean(),
    ])
    for (const row of [...before, ...within]) found.set(row._id, outageOf(row))
  }
  return [...found.values()]
}
