import { isDeepStrictEqual } from 'node:util'
import {
  changing,
  interruptionKey,
  stretchesOf,
  takeInto,
  type Interruption,
  type InterruptionChange,
  type Period,
} from '../../../shared/outage/index.ts'
import { CHAIN_MS } from '../../../shared/outage/rules.ts'
import type { InterruptionRow, OutageRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { readAhead } from '../read-ahead.ts'
import { outageByDifference } from './outage-difference.ts'
import { outageDraft, type DerivedOutage, type OutageDraft } from './outage-draft.ts'
import { IN_ORDER, startingIn } from './outage-interruptions.ts'
import { interruptionOf, isSameOutage, outageOf } from './outage-rows.ts'
import { writeRows } from './write-rows.ts'

const INTERRUPTIONS_AT_ONCE = 1_000

/** What a round changes about the outages of one area. */
export interface AreaEventsChange {
  areaId: string
  interruptions: InterruptionChange
  /** Those of before that the change touches. */
  touched: OutageRow[]
  /** What becomes of them. */
  saved: DerivedOutage[]
  /** Ids that are no more. */
  removed: string[]
}

/** Works out how the outages of one area change, from its interruptions as they are kept; writes nothing. */
export async function reviseAreaEvents(
  deps: Pick<Deps, 'models'>,
  areaId: string,
  change: InterruptionChange,
  round: string,
): Promise<AreaEventsChange> {
  const interruptions = withoutSame(change)
  const touched = await outagesAround(deps, areaId, interruptions)
  const saved: DerivedOutage[] = []
  for (const stretch of stretchesOf(touched.map(outageOf), interruptions)) {
    const [first, ...others] = touched.filter(({ started_at }) =>
      isWithin(stretch, started_at.getTime()),
    )
    const changed = {
      removed: interruptions.removed.filter(({ countedAt }) => isWithin(stretch, countedAt)),
      added: interruptions.added.filter(({ countedAt }) => isWithin(stretch, countedAt)),
    }
    const alone = first && others.length === 0
    const outage = alone && (await outageByDifference(deps.models, first, changed, round))
    saved.push(...(outage ? [outage] : await outagesIn(deps, areaId, stretch, changing(changed))))
  }
  const kept = new Set(saved.map(({ _id }) => _id))
  const removed = touched.flatMap(({ _id }) => (kept.has(_id) ? [] : [_id]))
  return { areaId, interruptions, touched, saved, removed }
}

/** Without what is taken out and put in as it was. */
function withoutSame({ removed, added }: InterruptionChange): InterruptionChange {
  const before = new Map(removed.map((one) => [interruptionKey(one), one]))
  const same = new Set(
    added
      .filter((one) => isDeepStrictEqual(before.get(interruptionKey(one)), one))
      .map(interruptionKey),
  )
  const isOther = (one: Interruption) => !same.has(interruptionKey(one))
  return { removed: removed.filter(isOther), added: added.filter(isOther) }
}

const isWithin = ({ fromAt, toAt }: Period, at: number): boolean => at >= fromAt && at <= toAt

/** The outages of a stretch of time after a change, in order, from all interruptions in it. */
async function outagesIn(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  { fromAt, toAt }: Period,
  changed: ReturnType<typeof changing>,
): Promise<DerivedOutage[]> {
  const drafts: OutageDraft[] = []
  const take = (one: Interruption): void => takeInto(drafts, one, outageDraft)
  const kept = models.deviceBreaks.collection
    .find<InterruptionRow>(startingIn(areaId, new Date(fromAt), new Date(toAt)), {
      batchSize: INTERRUPTIONS_AT_ONCE,
    })
    .sort(IN_ORDER)
  for await (const rows of readAhead(kept))
    for (const row of rows) for (const one of changed.upTo(interruptionOf(row))) take(one)
  for (const one of changed.rest()) take(one)
  return drafts.map((draft) => draft.row())
}

/**
 * Writes how the outages of one area change. What joins is saved under its new id before the old one goes, the earliest
 * first: cut short anywhere, it ends the same when done again.
 */
export async function writeAreaEvents(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  { touched, saved, removed }: AreaEventsChange,
  round: string,
): Promise<void> {
  const known = new Map(touched.map((row) => [row._id, row]))
  const changedAt = clock.now()
  const changed = saved.filter((row) => !isSameOutage(row, known.get(row._id) ?? {}))
  await writeRows(
    models.outages,
    changed.map((row) => ({
      replaceOne: {
        // As it was read: a row that another has written meanwhile is not found, and its id is taken.
        filter: { _id: row._id, digest: known.get(row._id)?.digest ?? row.digest },
        replacement: { ...row, changed_at: changedAt, round },
        upsert: true,
      },
    })),
    { ordered: true },
  )
  if (removed.length > 0) await models.outages.deleteMany({ _id: { $in: removed } })
}

/** The outages that something of a change starts in, or within 180 s of. */
async function outagesAround(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  change: InterruptionChange,
): Promise<OutageRow[]> {
  const found = new Map<string, OutageRow>()
  for (const stretch of stretchesOf([], change)) {
    const [fromAt, toAt] = [stretch.fromAt - CHAIN_MS, stretch.toAt + CHAIN_MS]
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
    const reaching = before.filter(({ last_start_at }) => last_start_at.getTime() >= fromAt)
    for (const row of [...reaching, ...within]) found.set(row._id, row)
  }
  return [...found.values()]
}
