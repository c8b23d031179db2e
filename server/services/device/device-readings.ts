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
const MS_PER_S = 1000

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
  const { startSeq, endSeq } = await seqBounds(deps, deviceId, period)
  const inside = await readingsOf(deps, deviceId, { $gte: startSeq, $lte: endSeq }, 1, limit + 1)
  const isCut = inside.length > limit
  const before = await untilOn(deps, deviceId, { from: startSeq, order: -1, limit })
  const from = inside.at(-1)?.seq
  const after =
    isCut || from === undefined ? [] : await untilOn(deps, deviceId, { from, order: 1, limit })
  const readings = [...before.reverse(), ...inside, ...after]
  const line = deviceLine(readings, heartbeatMs)
  const isFromBirth = !(await hasEarlier(deps, deviceId, readings[0]?.seq ?? 0))
  const cut = isCut ? line.readings[before.length + limit] : undefined
  return {
    readings: line.readings,
    // What lies before the first reading looked at is another's to tell.
    breaks: isFromBirth ? line.breaks : line.breaks.filter((one) => one.firstSeq !== null),
    gaps: isFromBirth ? line.gaps : line.gaps.filter(({ afterSeq }) => afterSeq !== null),
    // Who asks for the rest has to get on, also where a clock that was set back holds many readings at one moment.
    cutAt: cut ? Math.max(cut.placedAt, period.fromAt + MS_PER_S) : null,
  }
}

interface SeqBounds {
  /** Of the first reading that counts within the period or after it. */
  startSeq: number
  /** Of one that counts after it; infinite where none does. */
  endSeq: number
}

/**
 * The numbers of a period. A reading counts no earlier than any before it: so all behind one that was measured after the
 * period count after it, whatever their own clocks said.
 */
async function seqBounds(
  { models }: Pick<Deps, 'models'>,
  deviceId: string,
  { fromAt, toAt }: Period,
): Promise<SeqBounds> {
  const ofDevice = { type: 'reading', device_id: deviceId } as const
  const shown = { seq: 1, measured_at: 1 } as const
  const earliest = (measured_at: Record<string, Date>, seq: Record<string, number>) =>
    models.records
      .find({ ...ofDevice, measured_at, seq }, shown)
      .sort({ measured_at: 1, _id: 1 })
      .limit(1)
      .lean()
  const numbered = { $gte: 0 }
  const [first] = await models.records
    .find({ device_id: deviceId, seq: numbered }, shown)
    .sort({ seq: 1 })
    .limit(1)
    .lean()
  const isFirstFrom = (at: number) => (first?.measured_at?.getTime() ?? -Infinity) >= at
  const [after] = isFirstFrom(toAt) ? [first] : await earliest({ $gte: new Date(toAt) }, numbered)
  const endSeq = after?.seq ?? Number.POSITIVE_INFINITY
  const within = { $gte: new Date(fromAt), $lt: new Date(toAt) }
  const [start] = isFirstFrom(fromAt) ? [first] : await earliest(within, { $lte: endSeq })
  return { startSeq: start?.seq ?? endSeq, endSeq }
}

/** Readings beyond a number, the nearest first, up to the first that says ON, or to the limit. */
async function untilOn(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  deviceId: string,
  { from, order, limit }: { from: number; order: 1 | -1; limit: number },
): Promise<OutageReading[]> {
  const found: OutageReading[] = []
  // Most often it is the next.
  for (let at = from, size = 1; found.length < limit; size = STEP) {
    const beyond = { [order === 1 ? '$gt' : '$lt']: at }
    const step = await readingsOf(deps, deviceId, beyond, order, size)
    const on = step.findIndex((reading) => reading.on)
    found.push(...(on === -1 ? step : step.slice(0, on + 1)))
    const last = step.at(-1)
    if (on !== -1 || step.length < size || !last) return found
    at = last.seq
  }
  return found
}

async function readingsOf(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  deviceId: string,
  seq: Record<string, number>,
  order: 1 | -1,
  limit: number,
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
