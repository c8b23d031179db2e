import type { OutageReading, PlacedReading } from '../../../shared/outage/index.ts'
import { claimedAt } from '../../../shared/outage/readings.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { wholeRecords } from '../ledger/whole-records.ts'
import { soundReading } from './sound-records.ts'

type Setting = Pick<Deps, 'models' | 'ipfs' | 'clock'>

async function placedOfRow(deps: Setting, row: RecordRow): Promise<PlacedReading | null> {
  const [whole = row] = row.placed_at ? await wholeRecords(deps, [row]) : []
  const reading = row.placed_at ? await soundReading(deps, whole) : null
  return reading && row.placed_at ? { ...reading, placedAt: row.placed_at.getTime() } : null
}

/**
 * The readings of a device, by number, that those arriving may change or be changed by: from the nearest ON before the
 * first of them to the first ON after the last that no clock holds back. Ordinary readings come after the tail, which says
 * all that is needed of those below, and need no query.
 */
export async function windowOf(
  deps: Setting,
  deviceId: string,
  tail: readonly PlacedReading[],
  arriving: readonly OutageReading[],
): Promise<PlacedReading[]> {
  const seqs = arriving.map(({ seq }) => seq)
  const firstSeq = Math.min(...seqs)
  if (firstSeq > (tail.at(-1)?.seq ?? 0)) return [...tail]
  const latestAt = Math.max(...arriving.map(claimedAt))
  return [
    ...(await backToOn(deps, deviceId, firstSeq)),
    ...(await onToSettled(deps, deviceId, { firstSeq, lastSeq: Math.max(...seqs), latestAt })),
  ]
}

async function backToOn(
  deps: Setting,
  deviceId: string,
  firstSeq: number,
): Promise<PlacedReading[]> {
  const found: PlacedReading[] = []
  const rows = deps.models.records
    .find({ device_id: deviceId, seq: { $lt: firstSeq }, placed_at: { $exists: true } })
    .sort({ seq: -1 })
    .lean()
    .cursor()
  for await (const row of rows) {
    const reading = await placedOfRow(deps, row)
    if (!reading) continue
    found.push(reading)
    if (reading.on) break
  }
  return found.reverse()
}

async function onToSettled(
  deps: Setting,
  deviceId: string,
  { firstSeq, lastSeq, latestAt }: { firstSeq: number; lastSeq: number; latestAt: number },
): Promise<PlacedReading[]> {
  const found: PlacedReading[] = []
  const rows = deps.models.records
    .find({ device_id: deviceId, seq: { $gte: firstSeq }, placed_at: { $exists: true } })
    .sort({ seq: 1 })
    .lean()
    .cursor()
  for await (const row of rows) {
    const reading = await placedOfRow(deps, row)
    if (!reading) continue
    found.push(reading)
    const { seq, on, placedAt } = reading
    if (seq > lastSeq && on && placedAt === claimedAt(reading) && placedAt >= latestAt) break
  }
  return found
}
