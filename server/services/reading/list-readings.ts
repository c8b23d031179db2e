import type { StoredReading } from '../../../shared/api/readings.ts'
import { parseJson } from '../../../shared/json.ts'
import { chainStatus, type ChainStatus } from '../../../shared/reading/index.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { stateOf } from '../ledger/find-record.ts'
import { afterCursor, pageOf } from '../page.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { wholeRecords } from '../ledger/whole-records.ts'
import { recordsByNumber } from './records-by-number.ts'

export interface ReadingsQuery {
  limit: number
  cursor?: string | undefined
  device_id?: string | undefined
  area_id?: string | undefined
  /** The reading's number. */
  seq?: number | undefined
  /** Bounds on the device's own time. */
  from?: string | undefined
  to?: string | undefined
}

/** `GET /readings`: stored readings by the device's time, newest first, with leaf hash and state. */
export async function listReadings(
  deps: Deps,
  { limit, cursor, device_id, area_id, seq, from, to }: ReadingsQuery,
): Promise<{ items: StoredReading[]; next: string | null }> {
  const { models } = deps
  const measured = { ...(from && { $gte: new Date(from) }), ...(to && { $lt: new Date(to) }) }
  const filters = [
    {
      type: 'reading' as const,
      ...(device_id && { device_id }),
      ...(area_id && { area_id }),
      ...(seq && { seq }),
    },
    Object.keys(measured).length > 0 ? { measured_at: measured } : {},
    afterCursor('measured_at', cursor),
  ]
  const found = await models.records
    .find({ $and: filters })
    .sort({ measured_at: -1, _id: -1 })
    .limit(limit + 1)
    .lean()
  const rows = await wholeRecords(deps, found)
  const states = await statesOf(deps, rows)
  const chains = await chainsOf(deps, rows.slice(0, limit))
  return pageOf(
    rows,
    limit,
    (row) => ({ at: row.measured_at ?? row.ordered_at, id: row._id }),
    (row) => asStoredReading(row, states, chains),
  )
}

function asStoredReading(
  row: RecordRow,
  states: Map<string, StoredReading['state']>,
  chains: Map<string, ChainStatus>,
): StoredReading {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'reading')
    throw new Error(`record ${row._id}: expected a reading, got ${record.type}`)
  return {
    leaf_hash: row._id,
    area_id: row.area_id,
    received_at: record.received_at,
    state: states.get(`${row.area_id}/${row.batch_number}`) ?? 'accepted',
    chain: chains.get(row._id) ?? 'unknown',
    reading: { ...record.reading },
    ...('cose' in record && { cose: record.cose }),
  }
}

async function statesOf(
  { models }: Deps,
  rows: readonly RecordRow[],
): Promise<Map<string, StoredReading['state']>> {
  const ids = new Set(
    rows.flatMap(({ area_id, batch_number }) =>
      batch_number === null ? [] : [`${area_id}/${batch_number}`],
    ),
  )
  const batches = await models.batches.find({ _id: { $in: [...ids] } }, { state: 1 }).lean()
  return new Map(batches.map((batch) => [batch._id, stateOf(batch)]))
}

/** How each reading stands to the stored one before it by number. */
async function chainsOf(
  { models }: Deps,
  rows: readonly RecordRow[],
): Promise<Map<string, ChainStatus>> {
  const numbered = rows.flatMap((row) =>
    row.device_id === undefined || row.seq === undefined
      ? []
      : [{ row, device_id: row.device_id, seq: row.seq }],
  )
  // Mostly the number before is stored: all of these in one query, only what follows a gap on its own.
  const before = await recordsByNumber(
    { models },
    numbered.map(({ device_id, seq }) => ({ device_id, seq: seq - 1 })),
  )
  const entries = numbered.map(async ({ row, device_id, seq }): Promise<[string, ChainStatus]> => {
    const predecessor =
      before.get({ device_id, seq: seq - 1 }) ??
      (await models.records
        .findOne({ device_id, seq: { $lt: seq } }, { digest: 1 })
        .sort({ seq: -1 })
        .lean())
    expectIntact(row)
    const record = parseRecord(parseJson(row.body))
    const previous = record.type === 'reading' ? record.reading.previous : undefined
    return [row._id, chainStatus(previous, predecessor?.digest ?? null)]
  })
  return new Map(await Promise.all(entries))
}
