import {
  serviceSpans,
  tailOf,
  type Break,
  type Interruption,
  type InterruptionChange,
  type LedgerDeviceEvent,
  type OutageReading,
  type ServiceSpan,
} from '../../../shared/outage/index.ts'
import type { DeviceLineRow, RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import type { DeviceChange } from '../figure/changed-days.ts'
import { interruptionChange, reviseLine } from './outage-line.ts'
import { breakOf } from './outage-rows.ts'
import { windowOf } from './outage-window.ts'
import { soundDeviceEvent } from './sound-records.ts'

type Deriving = Pick<Deps, 'models' | 'ipfs' | 'clock' | 'settings'>

/** A row of a round with what it says. */
export interface Arrival {
  row: RecordRow
  /** Null: it is a device event, or damaged. */
  reading: OutageReading | null
}

/** What the records of a round change about their devices. */
export async function changesOf(
  deps: Deriving,
  arrivals: readonly Arrival[],
): Promise<DeviceChange[]> {
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

/** The interruptions taken out and put in, by the area of each. */
export function changesByArea(changes: readonly DeviceChange[]): Map<string, InterruptionChange> {
  const byArea = new Map<string, Record<keyof InterruptionChange, Interruption[]>>()
  const ofArea = ({ areaId }: Interruption) => {
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
