import {
  interruptionsOf,
  noSums,
  sumsByArea,
  type Break,
  type DeviceHistory,
  type OutageEvent,
  type Period,
  type Sums,
} from '../../../shared/outage/index.ts'
import { breaksAlong } from '../../../shared/outage/breaks.ts'
import type { DeviceBreakRow, DeviceLineRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { breakOf, isStored, outageOf } from '../outage/outage-rows.ts'

/** A moment by which figures are made; in ms since 1970. */
export interface AsOf {
  asOfAt: number
  heartbeatMs: number
}

/** What the figures of an area in a period follow from: the same `sumsByArea` gives for it as from all records. */
export interface AreaHistory {
  devices: DeviceHistory[]
  /** The local ones: whatever else began is in the headline. */
  events: OutageEvent[]
}

type Reading = Pick<Deps, 'models'>

const BREAKS: DeviceBreakRow['kind'][] = ['off', 'silent']

/** Reads the devices that were in service in an area within a period, with their breaks and events that reach into it. */
export async function areaHistory(
  deps: Reading,
  areaId: string,
  period: Period,
  heartbeatMs: number,
): Promise<AreaHistory> {
  const lines = await deps.models.deviceLines
    .find({ service: { $elemMatch: { areaId, fromAt: { $lt: period.toAt } } } })
    .sort({ _id: 1 })
    .lean()
  const breaks = await breaksWithin(
    deps,
    lines.map(({ _id }) => _id),
    period,
  )
  const devices = lines.map((line) => ({
    deviceId: line._id,
    service: line.service,
    breaks: [...(breaks.get(line._id) ?? []), ...lastSilence(line, heartbeatMs)],
  }))
  const events = new Map<string, OutageEvent>()
  for (const event of [
    ...(await localsWithin(deps, areaId, period)),
    ...(await localsOf(deps, devices, areaId, period)),
  ])
    events.set(event.id, event)
  return { devices, events: [...events.values()] }
}

/** The sums of an area, without those below it, for each of these days, in their order. */
export async function areaDaySums(
  deps: Reading,
  areaId: string,
  days: readonly Period[],
  { asOfAt, heartbeatMs }: AsOf,
): Promise<Sums[]> {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return []
  const whole = { fromAt: first.fromAt, toAt: last.toAt }
  const history = { ...(await areaHistory(deps, areaId, whole, heartbeatMs)), asOfAt, heartbeatMs }
  return days.map((day) => sumsByArea(history, day).get(areaId) ?? noSums())
}

/** The silence after the last reading, which is not among the breaks kept. */
const lastSilence = ({ tail }: DeviceLineRow, heartbeatMs: number): Break[] =>
  breaksAlong(tail, heartbeatMs).filter((one) => !isStored(one))

async function breaksWithin(
  { models }: Reading,
  deviceIds: readonly string[],
  { fromAt, toAt }: Period,
): Promise<Map<string, Break[]>> {
  const ofDevices = { device_id: { $in: [...deviceIds] }, kind: { $in: BREAKS } }
  const [ended, open] = await Promise.all([
    models.deviceBreaks.find({ ...ofDevices, to_at: { $gte: new Date(fromAt) } }).lean(),
    models.deviceBreaks.find({ ...ofDevices, to_at: null }).lean(),
  ])
  const reaching = [...ended, ...open].filter(({ from_at }) => (from_at?.getTime() ?? 0) < toAt)
  const byDevice = Map.groupBy(reaching, ({ device_id }) => device_id)
  return new Map([...byDevice].map(([id, rows]) => [id, rows.flatMap(breakOf)]))
}

async function localsWithin({ models }: Reading, areaId: string, { fromAt, toAt }: Period) {
  const ofArea = { area_id: areaId }
  const [within, before] = await Promise.all([
    models.outages
      .find({
        ...ofArea,
        local: true,
        started_at: { $gte: new Date(fromAt), $lt: new Date(toAt) },
      })
      .lean(),
    // Events of an area follow one another: of those begun earlier only the last can have starts in here.
    models.outages
      .find({ ...ofArea, started_at: { $lt: new Date(fromAt) } })
      .sort({ area_id: 1, started_at: -1, _id: -1 })
      .limit(1)
      .lean(),
  ])
  return [...before, ...within].filter(({ local }) => local).map(outageOf)
}

/** Local events that interruptions of house devices belong to which began elsewhere, or before the period. */
async function localsOf(
  { models }: Reading,
  devices: readonly DeviceHistory[],
  areaId: string,
  { fromAt, toAt }: Period,
): Promise<OutageEvent[]> {
  const interruptions = devices
    .flatMap(interruptionsOf)
    .filter(({ stage, countedAt }) => stage === 'house' && countedAt < toAt)
    .filter((one) => one.areaId !== areaId || one.countedAt < fromAt)
  if (interruptions.length === 0) return []
  const firstAt = interruptions.reduce((least, { countedAt }) => Math.min(least, countedAt), toAt)
  const rows = await models.outages
    .find({
      local_device_id: { $in: [...new Set(interruptions.map((one) => one.deviceId))] },
      started_at: { $lt: new Date(toAt) },
      last_start_at: { $gte: new Date(firstAt) },
      local: true,
    })
    .lean()
  return rows.map(outageOf)
}
