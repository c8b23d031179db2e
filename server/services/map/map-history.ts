import type { Break, ServiceSpan } from '../../../shared/outage/index.ts'
import type { Models } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { breakOf } from '../outage/outage-rows.ts'

/** What the last two days hold beside the devices as they are now. */
export interface MapHistory {
  /** Stretches off or silent, by device, in order. */
  breaks: ReadonlyMap<string, readonly Break[]>
  /** Of devices that were suspended, resumed or moved lately: when they were in service. */
  service: ReadonlyMap<string, readonly ServiceSpan[]>
  /** Server time at which it was read. */
  readAt: number
}

interface Reach {
  /** The oldest moment that may be asked for. */
  fromAt: number
  /** The moment that is asked for. */
  untilAt: number
}

type Asking = Pick<Deps, 'models' | 'clock'>

/** The past changes only by late records: what was read is used this long, and then read again in the background. */
const KEPT_MS = 60_000
/** Records take about this long to be derived from: what is nearer has to be read anew, but not more often than this. */
const SETTLED_MS = 5_000

interface Memory {
  history: MapHistory | null
  reading: Promise<MapHistory> | null
}

/** One for each database a process speaks to. */
const memories = new WeakMap<Models, Memory>()

/** Breaks and service of the devices since `fromAt`, kept in memory beside the database, which stays the truth. */
export async function mapHistory(deps: Asking, { fromAt, untilAt }: Reach): Promise<MapHistory> {
  const memory = memories.get(deps.models) ?? { history: null, reading: null }
  memories.set(deps.models, memory)
  const nowAt = deps.clock.now().getTime()
  const { history } = memory
  const readAt = history?.readAt ?? Number.NEGATIVE_INFINITY
  const isCurrent = nowAt - readAt <= SETTLED_MS
  if (history && (isCurrent || untilAt <= readAt - SETTLED_MS)) {
    if (nowAt - readAt > KEPT_MS) void readInto(memory, deps, fromAt).catch(() => undefined)
    return history
  }
  return readInto(memory, deps, fromAt)
}

function readInto(memory: Memory, deps: Asking, fromAt: number): Promise<MapHistory> {
  memory.reading ??= read(deps, fromAt)
    .then((history) => (memory.history = history))
    .finally(() => (memory.reading = null))
  return memory.reading
}

async function read({ models, clock }: Asking, fromAt: number): Promise<MapHistory> {
  const readAt = clock.now().getTime()
  const breaks = new Map<string, Break[]>()
  const rows = models.deviceBreaks
    .find({
      $or: [
        { kind: 'off', to_at: null },
        { kind: { $in: ['off', 'silent'] }, to_at: { $gte: new Date(fromAt) } },
      ],
    })
    .lean()
    .cursor()
  for await (const row of rows) {
    const ofDevice = breaks.get(row.device_id)
    if (ofDevice) ofDevice.push(...breakOf(row))
    else breaks.set(row.device_id, breakOf(row))
  }
  for (const ofDevice of breaks.values()) ofDevice.sort((a, b) => (a.fromAt ?? 0) - (b.fromAt ?? 0))
  return { breaks, service: await changedService(models, fromAt), readAt }
}

/** Enrolment alone is told by the device itself. */
async function changedService(models: Models, fromAt: number): Promise<Map<string, ServiceSpan[]>> {
  const changed = await models.devices
    .find(
      {
        latest_event_at: { $gte: new Date(fromAt) },
        $expr: { $gt: ['$latest_event_at', '$enrolled_at'] },
      },
      { _id: 1 },
    )
    .lean()
  if (changed.length === 0) return new Map()
  const lines = await models.deviceLines
    .find({ _id: { $in: changed.map(({ _id }) => _id) } }, { service: 1 })
    .lean()
  return new Map(lines.map(({ _id, service }) => [_id, service]))
}
