import { randomUUID } from 'node:crypto'
import type { OutageRoundRow, RecordRow } from '../../models/index.ts'
import { forgetAreaDays } from '../figure/area-days.ts'
import { changedDays, type DeviceChange } from '../figure/changed-days.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { wholeRecords } from '../ledger/whole-records.ts'
import type { Lease } from '../lease.ts'
import { changesByArea, changesOf, type Arrival } from './device-changes.ts'
import { reviseAreaEvents, writeAreaEvents, type AreaEventsChange } from './outage-events.ts'
import { finishRebuild, modelsToDerive } from './rebuild-outages.ts'
import { soundReading } from './sound-records.ts'
import { markDerived, writeBreaks, writeLines } from './write-changes.ts'

/** Every round reads the interruptions of the outages it changes: large rounds, few times. */
const RECORDS_PER_ROUND = 5_000

type Deriving = Pick<Deps, 'models' | 'ipfs' | 'clock' | 'settings'>

/**
 * Derives outages from the records they do not follow from yet, round by round. May be called at any time, by any instance;
 * answers how many records were taken in, or null when another instance holds the lease. Once `stop` is aborted no further
 * round begins.
 */
export async function deriveOutages(
  deps: Deriving,
  lease: Lease,
  stop?: AbortSignal,
): Promise<number | null> {
  if (!(await lease.hold())) return null
  let derived = 0
  await lease.holdDuring(async () => {
    const models = await modelsToDerive(deps, stop)
    if (!models) return
    const target = { ...deps, models }
    for (let count = 1; count > 0 && !stop?.aborted; derived += count)
      count = await deriveRound(target, lease)
    if (!stop?.aborted) await finishRebuild(deps)
  })
  return derived
}

/**
 * One round: the records are noted first, marked as derived last. Until then everything is written by keys that follow
 * from them alone; so a round that was cut short is done again, the same.
 */
async function deriveRound(deps: Deriving, lease: Lease): Promise<number> {
  const { outageRounds } = deps.models
  const current = await currentRound(deps)
  if (!current) return 0
  const { round } = current
  const rows = await wholeRecords(deps, current.rows)
  const arrivals: Arrival[] = []
  for (const row of rows)
    arrivals.push({ row, reading: row.type === 'reading' ? await soundReading(deps, row) : null })
  const changes = await changesOf(deps, arrivals)
  const events: AreaEventsChange[] = []
  for (const [areaId, change] of changesByArea(changes))
    events.push(await reviseAreaEvents(deps, areaId, change, round.number))
  const days = await noteChangedDays(deps, round, { changes, events })
  const steps = [
    () => writeBreaks(deps, changes),
    ...events.map((change) => () => writeAreaEvents(deps, change, round.number)),
    () => markDerived(deps, rows, changes),
    () => writeLines(deps, changes),
    () => forgetAreaDays(deps, days),
  ]
  for (const step of steps) {
    await expectOurs(deps, round, lease)
    await step()
  }
  await outageRounds.deleteOne({ _id: 'round', number: round.number })
  return rows.length
}

/**
 * Who was held up for longer than its lease may find the round done by another, and later ones: it must write nothing of
 * its own any more.
 */
async function expectOurs(
  { models }: Deriving,
  { number }: Pick<OutageRoundRow, 'number'>,
  lease: Lease,
): Promise<void> {
  const [isHeld, round] = await Promise.all([
    lease.hold(),
    models.outageRounds.exists({ _id: 'round', number }),
  ])
  if (!isHeld || !round)
    throw new Error(`outages: the lease was lost in round ${number}; another goes on with it`)
}

/** Done again, the round may find less to change: the days it found the first time stay noted. */
async function noteChangedDays(
  deps: Deriving,
  round: Pick<OutageRoundRow, 'number' | 'area_days'>,
  change: { changes: readonly DeviceChange[]; events: readonly AreaEventsChange[] },
): Promise<string[]> {
  const found = await changedDays(deps, change)
  const noted = new Set(round.area_days)
  const days = [...new Set([...noted, ...found])]
  if (days.length > noted.size)
    await deps.models.outageRounds.updateOne(
      { _id: 'round', number: round.number },
      { $set: { area_days: days } },
    )
  return days
}

/** The round that was cut short, or the next; null where nothing is left to derive. */
async function currentRound({
  models,
}: Deriving): Promise<{ round: OutageRoundRow; rows: RecordRow[] } | null> {
  const round = await models.outageRounds.findById('round').lean()
  if (!round) return nextRound(models)
  return { round, rows: await models.records.find({ _id: { $in: round.leaf_hashes } }).lean() }
}

async function nextRound(models: Deriving['models']) {
  const rows = await models.records
    .find({ underived: true })
    .sort({ ordered_at: 1, _id: 1 })
    .limit(RECORDS_PER_ROUND)
    .lean()
  if (rows.length === 0) return null
  const round = {
    _id: 'round' as const,
    number: randomUUID(),
    leaf_hashes: rows.map(({ _id }) => _id),
    area_days: [],
  }
  try {
    await models.outageRounds.create(round)
    return { round, rows }
  } catch (error) {
    // Another instance noted one in this moment.
    if (isDuplicateKey(error)) return null
    throw error
  }
}
