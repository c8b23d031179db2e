import { randomUUID } from 'node:crypto'
import { parseJson } from '../../shared/json.ts'
import {
  serviceSpans,
  type Break,
  type Interruption,
  type LedgerDeviceEvent,
  type ServiceSpan,
} from '../../shared/outage/index.ts'
import { parseRecord } from '../../shared/record/index.ts'
import type { DeviceLineRow, OutageRoundRow, RecordRow } from '../models/index.ts'
import { forgetAreaDays } from './area-days.ts'
import { changedDays, type DeviceChange } from './changed-days.ts'
import type { Deps } from './deps.ts'
import { isDuplicateKey } from './insert-new.ts'
import type { Lease } from './lease.ts'
import {
  reviseAreaEvents,
  writeAreaEvents,
  type AreaEventsChange,
  type InterruptionChange,
} from './outage-events.ts'
import { interruptionChange, reviseLine, tailOf } from './outage-line.ts'
import { breakOf, breakRow, gapRow, isStored } from './outage-rows.ts'
import { readingOfRow, windowOf } from './outage-window.ts'
import { finishRebuild } from './rebuild-outages.ts'

const RECORDS_PER_ROUND = 2_000

type Deriving = Pick<Deps, 'models' | 'clock' | 'settings'>

/**
 * Derives outages from the records they do not follow from yet, round by round. May be called at any time, by any instance;
 * answers how many records were taken in, or null when another instance holds the lease.
 */
export async function deriveOutages(deps: Deriving, lease: Lease): Promise<number | null> {
  if (!(await lease.hold())) return null
  let derived = 0
  await lease.holdDuring(async () => {
    await finishRebuild(deps)
    for (let count = await deriveRound(deps); count > 0; count = await deriveRound(deps))
      derived += count
  })
  return derived
}

/**
 * One round: the records are noted first, marked as derived last. Until then everything is written by keys that follow
 * from them alone; so a round that was cut short is done again, the same.
 */
async function deriveRound(deps: Deriving): Promise<number> {
  const { records, outageRounds } = deps.models
  const round = await currentRound(deps)
  if (!round) return 0
  const rows = await records.find({ _id: { $in: round.leaf_hashes } }).lean()
  const changes = await changesOf(deps, rows)
  const events: AreaEventsChange[] = []
  for (const [areaId, change] of changesByArea(changes))
    events.push(await reviseAreaEvents(deps, areaId, change))
  const days = await noteChangedDays(deps, round, { changes, events })
  await writeBreaks(deps, changes)
  for (const change of events) await writeAreaEvents(deps, change)
  await markDerived(deps, rows, changes)
  await writeLines(deps, changes)
  await forgetAreaDays(deps, days)
  await outageRounds.deleteOne({ _id: 'round', number: round.number })
  return rows.length
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

async function changesOf(deps: Deriving, rows: readonly RecordRow[]): Promise<DeviceChange[]> {
  const byDevice = Map.groupBy(rows, ({ device_id: deviceId = '' }) => deviceId)
  const found = await deps.models.deviceLines.find({ _id: { $in: [...byDevice.keys()] } }).lean()
  const lines = new Map(found.map((line) => [line._id, line]))
  const reservice = await newService(deps, rows)
  const changes: DeviceChange[] = []
  for (const [deviceId, ofDevice] of byDevice) {
    const before = lines.get(deviceId) ?? { _id: deviceId, service: [], tail: [] }
    changes.push(await changeOf(deps, before, ofDevice, reservice.get(deviceId)))
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
  rows: readonly RecordRow[],
  { service, stored }: NewService = { service: before.service, stored: [] },
): Promise<DeviceChange> {
  const { _id: deviceId, tail } = before
  const arriving = rows.filter(({ type }) => type === 'reading').map(readingOfRow)
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
  { models }: Deriving,
  rows: readonly RecordRow[],
): Promise<Map<string, NewService>> {
  const inRound = new Set(rows.map(({ _id }) => _id))
  const changed = rows.flatMap(({ type, device_id: id }) =>
    type === 'device_event' && id !== undefined ? [id] : [],
  )
  if (changed.length === 0) return new Map()
  const ofThese = { device_id: { $in: [...new Set(changed)] } }
  const records = await models.records.find({ ...ofThese, type: 'device_event' }).lean()
  const breaks = await models.deviceBreaks.find({ ...ofThese, kind: 'off' }).lean()
  const events = Map.groupBy(records, ({ device_id: id = '' }) => id)
  const stored = Map.groupBy(breaks, ({ device_id: id }) => id)
  const spansOf = (ofDevice: readonly RecordRow[]) =>
    serviceSpans(
      ofDevice.flatMap(({ _id, body, underived }): LedgerDeviceEvent[] => {
        const record = parseRecord(parseJson(body))
        const counts = !underived || inRound.has(_id)
        return counts && record.type === 'device_event' ? [{ record, leafHash: _id }] : []
      }),
    )
  return new Map(
    [...events].map(([id, ofDevice]) => [
      id,
      { service: spansOf(ofDevice), stored: (stored.get(id) ?? []).flatMap(breakOf) },
    ]),
  )
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
  if (saved.length > 0)
    await models.deviceBreaks.bulkWrite(
      saved.map((row) => ({
        replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
      })),
      { ordered: false },
    )
  if (gone.length > 0) await models.deviceBreaks.deleteMany({ _id: { $in: gone } })
}

async function markDerived(
  { models }: Deriving,
  rows: readonly RecordRow[],
  changes: readonly DeviceChange[],
): Promise<void> {
  const placed = changes.flatMap(({ line }) => [...line.placed.values()])
  const inRound = new Set(rows.map(({ _id }) => _id))
  const placedIds = new Set(placed.map(({ leafHash }) => leafHash))
  const unplaced = [...inRound].filter((id) => !placedIds.has(id))
  await models.records.bulkWrite(
    [
      ...placed.map(({ leafHash, placedAt }) => ({
        updateOne: {
          filter: { _id: leafHash },
          update: {
            $set: { placed_at: new Date(placedAt) },
            // One outside the round is placed anew and was derived before.
            ...(inRound.has(leafHash) && { $unset: { underived: 1 as const } }),
          },
        },
      })),
      ...unplaced.map((id) => ({
        updateOne: { filter: { _id: id }, update: { $unset: { underived: 1 as const } } },
      })),
    ],
    { ordered: false },
  )
}

async function writeLines({ models }: Deriving, changes: readonly DeviceChange[]): Promise<void> {
  await models.deviceLines.bulkWrite(
    changes.map(({ after }) => ({
      replaceOne: { filter: { _id: after._id }, replacement: after, upsert: true },
    })),
    { ordered: false },
  )
}
