import { randomUUID } from 'node:crypto'
import {
  serviceSpans,
  type Break,
  type Interruption,
  type LedgerDeviceEvent,
  type OutageReading,
  type ServiceSpan,
} from '../../../shared/outage/index.ts'
import type { DeviceLineRow, OutageRoundRow, RecordRow } from '../../models/index.ts'
import { forgetAreaDays } from '../figure/area-days.ts'
import { changedDays, type DeviceChange } from '../figure/changed-days.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'
import { wholeRecords } from '../ledger/whole-records.ts'
import type { Lease } from '../lease.ts'
import {
  reviseAreaEvents,
  writeAreaEvents,
  type AreaEventsChange,
  type InterruptionChange,
} from './outage-events.ts'
import { interruptionChange, reviseLine, tailOf } from './outage-line.ts'
import { breakOf, breakRow, gapRow, isStored } from './outage-rows.ts'
import { windowOf } from './outage-window.ts'
import { finishRebuild, modelsToDerive } from './rebuild-outages.ts'
import { soundDeviceEvent, soundReading } from './sound-records.ts'
import { writeRows } from './write-rows.ts'

const RECORDS_PER_ROUND = 2_000

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
    const target = { ...deps, models: await modelsToDerive(deps) }
    for (let count = 1; count > 0 && !stop?.aborted; derived += count)
      count = await deriveRound(target, lease)
    if (!stop?.aborted) await finishRebuild(deps)
  })
  return derived
}

/** A row of a round with what it says. */
interface Arrival {
  row: RecordRow
  /** Null: it is a device event, or damaged. */
  reading: OutageReading | null
}

/**
 * One round: the records are noted first, marked as derived last. Until then everything is written by keys that follow
 * from them alone; so a round that was cut short is done again, the same.
 */
async function deriveRound(deps: Deriving, lease: Lease): Promise<number> {
  const { records, outageRounds } = deps.models
  const round = await currentRound(deps)
  if (!round) return 0
  const found = await records.find({ _id: { $in: round.leaf_hashes } }).lean()
  const rows = await wholeRecords(deps, found)
  const arrivals: Arrival[] = []
  for (const row of rows)
    arrivals.push({ row, reading: row.type === 'reading' ? await soundReading(deps, row) : null })
  const changes = await changesOf(deps, arrivals)
  const events: AreaEventsChange[] = []
  for (const [areaId, change] of changesByArea(changes))
    events.push(await reviseAreaEvents(deps, areaId, change))
  const days = await noteChangedDays(deps, round, { changes, events })
  const steps = [
    () => writeBreaks(deps, changes),
    ...events.map((change) => () => writeAreaEvents(deps, change)),
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

async function currentRound({ models }: Deriving): Promise<OutageRoundRow | null> {
  const unfinished = await models.outageRounds.findById('round').lean()
  if (unfinished) return unfinished
  const rows = await models.records
    .find({ underived: true }, { _id: 1 })
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
    return round
  } catch (error) {
    // Another instance noted one in this moment.
    if (isDuplicateKey(error)) return null
    throw error
  }
}

async function changesOf(deps: Deriving, arrivals: readonly Arrival[]): Promise<DeviceChange[]> {
  const rows = arrivals.map(({ row }) => row)
  const byDevice = Map.groupBy(arrivals, ({ row }) => row.device_id ?? '')
  const found = await deps.models.deviceLines.find({ _id: { $in: [...byDevice.keys()] } }).lean()
  const lines = new Map(found.map((line) => [line._id, line]))
  const reservice = await newService(deps, rows)
  const changes: DeviceChange[] = []
  for (const [deviceId, ofDevice] of byDevice) {
    const before = lines.get(deviceId) ?? { _id: deviceId, service: [], tail: [] }
    const arriving = ofDevice.flatMap(({ reading }) => reading ?? [])
    changes.push(await changeOf(deps, before, arriving, reservice.get(deviceId)))
  }
  return changes
}

/** Service of a device after its device events of a round, and all breaks kept of it. */
interface NewService {
  service: ServiceSpan[]
  stored: Break[]
}

async function changeOf(
  deps: Deriving,
  before: DeviceLineRow,
  arriving: readonly OutageReading[],
  { service, stored }: NewService = { service: before.service, stored: [] },
): Promise<DeviceChange> {
  const { _id: deviceId, tail } = before
  const window = arriving.length > 0 ? await windowOf(deps, deviceId, tail, arriving) : tail
  const line = reviseLine(deviceId, window, arriving, deps.settings.heartbeatMs)
  const spans = { before: before.service, after: service }
  const lastSeq = tail.at(-1)?.seq ?? 0
  const reachesTail = (line.held.at(-1)?.seq ?? 0) >= lastSeq
  return {
    deviceId,
    line,
    spans,
    interruptions: interruptionChange(deviceId, line, spans, stored),
    after: { _id: deviceId, service, tail: reachesTail ? tailOf(line.held) : tail },
  }
}

/** Of the devices with events in this round: by those and the ones before; later ones have their own round. */
async function newService(
  deps: Deriving,
  rows: readonly RecordRow[],
): Promise<Map<string, NewService>> {
  const { models } = deps
  const inRound = new Set(rows.map(({ _id }) => _id))
  const changed = rows.flatMap(({ type, device_id: id }) =>
    type === 'device_event' && id !== undefined ? [id] : [],
  )
  if (changed.length === 0) return new Map()
  const ofThese = { device_id: { $in: [...new Set(changed)] } }
  const records = await models.records.find({ ...ofThese, type: 'device_event' }).lean()
  const breaks = await models.deviceBreaks.find({ ...ofThese, kind: 'off' }).lean()
  const stored = Map.groupBy(breaks, ({ device_id: id }) => id)
  const found = new Map<string, NewService>()
  for (const [id, ofDevice] of Map.groupBy(records, ({ device_id: id = '' }) => id)) {
    const events: LedgerDeviceEvent[] = []
    for (const row of ofDevice) {
      const counts = !row.underived || inRound.has(row._id)
      const event = counts ? await soundDeviceEvent(deps, row) : null
      if (event) events.push(event)
    }
    found.set(id, {
      service: serviceSpans(events),
      stored: (stored.get(id) ?? []).flatMap(breakOf),
    })
  }
  return found
}

function changesByArea(changes: readonly DeviceChange[]): Map<string, InterruptionChange> {
  const byArea = new Map<string, InterruptionChange>()
  const ofArea = ({ areaId }: Interruption): InterruptionChange => {
    const change = byArea.get(areaId) ?? { removed: [], added: [] }
    byArea.set(areaId, change)
    return change
  }
  for (const { interruptions } of changes) {
    for (const one of interruptions.removed) ofArea(one).removed.push(one)
    for (const one of interruptions.added) ofArea(one).added.push(one)
  }
  return byArea
}

async function writeBreaks({ models }: Deriving, changes: readonly DeviceChange[]): Promise<void> {
  const saved = changes.flatMap(({ deviceId, line: { breaks, gaps } }) => [
    ...[...breaks.added.values()].filter(isStored).map((one) => breakRow(deviceId, one)),
    ...[...gaps.added.values()].map((gap) => gapRow(deviceId, gap)),
  ])
  const gone = changes.flatMap(({ line: { breaks, gaps } }) => [
    ...[...breaks.removed].flatMap(([key, one]) => {
      const now = breaks.added.get(key)
      return isStored(one) && !(now && isStored(now)) ? [key] : []
    }),
    ...[...gaps.removed.keys()].filter((key) => !gaps.added.has(key)),
  ])
  await writeRows(
    models.deviceBreaks,
    saved.map((row) => ({
      replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
    })),
  )
  if (gone.length > 0) await models.deviceBreaks.deleteMany({ _id: { $in: gone } })
}

/** Of thousands of records nearly all count when they were measured: one statement for those, and one each for others. */
async function markDerived(
  { models }: Deriving,
  rows: readonly RecordRow[],
  changes: readonly DeviceChange[],
): Promise<void> {
  const placed = changes.flatMap(({ line }) => [...line.placed.values()])
  const inRound = new Map(rows.map((row) => [row._id, row]))
  const placedIds = new Set(placed.map(({ leafHash }) => leafHash))
  const unplaced = [...inRound.keys()].filter((id) => !placedIds.has(id))
  const { asMeasured = [], otherwise = [] } = Object.groupBy(placed, ({ leafHash, placedAt }) =>
    inRound.get(leafHash)?.measured_at?.getTime() === placedAt ? 'asMeasured' : 'otherwise',
  )
  await writeRows(models.records, [
    {
      updateMany: {
        filter: { _id: { $in: asMeasured.map(({ leafHash }) => leafHash) } },
        update: [{ $set: { placed_at: '$measured_at' } }, { $unset: 'underived' }],
      },
    },
    { updateMany: { filter: { _id: { $in: unplaced } }, update: { $unset: { underived: 1 } } } },
    ...otherwise.map(({ leafHash, placedAt }) => ({
      updateOne: {
        filter: { _id: leafHash },
        update: {
          $set: { placed_at: new Date(placedAt) },
          // One outside the round is placed anew and was derived before.
          ...(inRound.has(leafHash) && { $unset: { underived: 1 as const } }),
        },
      },
    })),
  ])
}

async function writeLines({ models }: Deriving, changes: readonly DeviceChange[]): Promise<void> {
  await writeRows(
    models.deviceLines,
    changes.map(({ after }) => ({
      replaceOne: { filter: { _id: after._id }, replacement: after, upsert: true },
    })),
  )
}
