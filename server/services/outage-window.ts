import { parseJson } from '../../shared/json.ts'
import { outageReading, type OutageReading, type PlacedReading } from '../../shared/outage/index.ts'
import { claimedAt } from '../../shared/outage/readings.ts'
import { parseRecord } from '../../shared/record/index.ts'
import type { RecordRow } from '../models/index.ts'
import type { Deps } from './deps.ts'

/** What the outage rules use of a reading among the records. */
export function readingOfRow({ _id, body, digest }: RecordRow): OutageReading {
  const record = parseRecord(parseJson(body))
  if (record.type !== 'reading' || digest === undefined)
    throw new Error(`record ${_id}: expected a reading with its digest, got a ${record.type}`)
  return outageReading(record, { digest, leafHash: _id })
}

function placedOfRow(row: RecordRow): PlacedReading {
  if (!row.placed_at) throw new Error(`record ${row._id}: expected it placed in time`)
  return { ...readingOfRow(row), placedAt: row.placed_at.getTime() }
}

/**
 * The readings of a device, by number, that those arriving may change or be changed by: from the nearest ON before the
 * first of them to the first ON after the last that no clock holds back. Ordinary readings come after the tail and need
 * no query.
 */
export async function windowOf(
  deps: Pick<Deps, 'models'>,
  deviceId: string,
  tail: readonly PlacedReading[],
  arriving: readonly OutageReading[],
): Promise<PlacedReading[]> {
  const seqs = arriving.map(({ seq }) => seq)
  const firstSeq = Math.min(...seqs)
  const [first] = tail
  // A tail that does not begin with an ON is all there is of the device.
  if (!first?.on || firstSeq > first.seq) return [...tail]
  const latestAt = Math.max(...arriving.map(claimedAt))
  return [
    ...(await backToOn(deps, deviceId, firstSeq)),
    ...(await onToSettled(deps, deviceId, { firstSeq, lastSeq: Math.max(...seqs), latestAt })),
  ]
}

async function backToOn(
  { models }: Pick<Deps, 'models'>,
  deviceId: string,
  firstSeq: number,
): Promise<PlacedReading[]> {
  const found: PlacedReading[] = []
  const rows = models.records
    .find({ device_id: deviceId, seq: { $lt: firstSeq }, placed_at: { $exists: true } })
    .sort({ seq: -1 })
    .lean()
    .cursor()
  for await (const row of rows) {
    const reading = placedOfRow(row)
    found.push(reading)
    if (reading.on) break
  }
  return found.reverse()
}

async function onToSettled(
  { models }: Pick<Deps, 'models'>,
  deviceId: string,
  { firstSeq, lastSeq, latestAt }: { firstSeq: number; lastSeq: number; latestAt: number },
): Promise<PlacedReading[]> {
  const found: PlacedReading[] = []
  const rows = models.records
    .find({ device_id: deviceId, seq: { $gte: firstSeq }, placed_at: { $exists: true } })
    .sort({ seq: 1 })
    .lean()
    .cursor()
  for await (const row of rows) {
    const reading = placedOfRow(row)
    found.push(reading)
    const { seq, on, placedAt } = reading
    if (seq > lastSeq && on && placedAt === claimedAt(reading) && placedAt >= latestAt) break
  }
  return found
}
