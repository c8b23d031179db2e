import { parseJson } from '../../../shared/json.ts'
import { deviceLine, outageReading, type DeviceLine } from '../../../shared/outage/index.ts'
import type { OutageReading, Period } from '../../../shared/outage/index.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { wholeRecords } from '../ledger/whole-records.ts'

/** Readings looked at on the way to the next that says ON, in one step. */
const STEP = 100

interface Asked {
  period: Period
  heartbeatMs: number
  /** Most readings of the period itself. */
  limit: number
}

/** The line of a device along a period, and how far the readings asked for reach. */
interface LineInPeriod extends DeviceLine {
  /** Readings from here on were too many; null: it is whole. */
  cutAt: number | null
}

/**
 * What follows from a device's records along a period: from the ON reading before it to the one after it. The cost is that
 * of the period, not of the history. Throws `record_damaged`.
 */
export async function lineInPeriod(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  deviceId: string,
  { period, heartbeatMs, limit }: Asked,
): Promise<LineInPeriod> {
  const bounds = await seqBounds(deps, deviceId, period, limit)
  if (!bounds) return { ...deviceLine([], heartbeatMs), cutAt: null }
  const inside = await readingsOf(deps, deviceId, { $gte: bounds.first, $lte: bounds.last }, 1)
  const before = inside[0]?.on === false ? await untilOn(deps, deviceId, bounds.first, -1) : []
  const after = await untilOn(deps, deviceId, bounds.last, 1)
  const readings = [...before, ...inside, ...after]
  const line = deviceLine(readings, heartbeatMs)
  const isFromBirth = !(await hasEarlier(deps, deviceId, readings[0]?.seq ?? 0))
  return {
    readings: line.readings,
    // What lies before the first reading looked at is another's to tell.
    breaks: isFromBirth ? line.breaks : line.breaks.filter((one) => one.firstSeq !== null),
    gaps: isFromBirth ? line.gaps : line.gaps.filter(({ afterSeq }) => afterSeq !== null),
    cutAt: bounds.cutAt,
  }
}

/** Numbers of the readings measured in a period, of the last before it and the first after it. */
async function seqBounds(
  { models }: Pick<Deps, 'models'>,
  deviceId: string,
  { fromAt, toAt }: Period,
  limit: number,
): Promise<{ first: number; last: number; cutAt: number | null } | null> {
  const measured = (bound: Record<string, Date>, order: 1 | -1) =>
    models.records
      .find(
        { type: 'reading', device_id: deviceId, measured_at: bound },
        { seq: 1, measured_at: 1 },
      )
      .sort({ measured_at: order, _id: order })
  const inside = await measured({ $gte: new Date(fromAt), $lt: new Date(toAt) }, 1)
    .limit(limit + 1)
    .lean()
  const cut = inside[limit]
  const [before] = await measured({ $lt: new Date(fromAt) }, -1)
    .limit(1)
    .lean()
  const [after] = cut
    ? []
    : await measured({ $gte: new Date(toAt) }, 1)
        .limit(1)
        .lean()
  const seqs = [before, ...inside, after].flatMap((row) => row?.seq ?? [])
  if (seqs.length === 0) return null
  let [first = 0] = seqs
  let last = first
  for (const seq of seqs) {
    first = Math.min(first, seq)
    last = Math.max(last, seq)
  }
  return { first, last, cutAt: cut?.measured_at?.getTime() ?? null }
}

/** Readings beyond a number, up to the first that says ON. */
async function untilOn(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  deviceId: string,
  seq: number,
  order: 1 | -1,
): Promise<OutageReading[]> {
  const found: OutageReading[] = []
  for (let at = seq; ;) {
    const beyond = { [order === 1 ? '$gt' : '$lt']: at }
    const step = await readingsOf(deps, deviceId, beyond, order, STEP)
    const on = step.findIndex((reading) => reading.on)
    found.push(...(on === -1 ? step : step.slice(0, on + 1)))
    const last = step.at(-1)
    if (on !== -1 || step.length < STEP || !last) return found
    at = last.seq
  }
}

async function readingsOf(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  deviceId: string,
  seq: Record<string, number>,
  order: 1 | -1,
  limit = 0,
): Promise<OutageReading[]> {
  const rows = await deps.models.records
    .find({ device_id: deviceId, seq })
    .sort({ seq: order })
    .limit(limit)
    .lean()
  return (await wholeRecords(deps, rows)).flatMap((row) => asOutageReading(row) ?? [])
}

const hasEarlier = ({ models }: Pick<Deps, 'models'>, deviceId: string, seq: number) =>
  models.records.exists({ device_id: deviceId, seq: { $lt: seq } })

function asOutageReading(row: RecordRow): OutageReading | null {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'reading' || row.digest === undefined) return null
  return outageReading(record, { digest: row.digest, leafHash: row._id })
}
