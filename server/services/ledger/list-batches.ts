import type { Batch, BatchRecord, BatchState } from '../../../shared/api/ledger.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { parseJson } from '../../../shared/json.ts'
import { orderedAt, parseRecord, type LedgerRecord } from '../../../shared/record/index.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { loadLeafSlice } from './leaf-list.ts'
import { asFailure } from './list-failures.ts'
import { afterCursor, pageOf, parseCursor } from '../page.ts'
import { nullIfAway } from './null-if-away.ts'
import { leafHashOfBody } from './record-bodies.ts'
import { recordBodies } from './whole-records.ts'

/** What is known of the latest block when batches are told of, or why nothing is. */
export type KnownHead = number | NonNullable<Batch['anchor']>['confirmations_reason']

/** A batch as the API shows it. */
export function asBatch(row: BatchRow, head: KnownHead): Batch {
  const { anchor, failure } = row
  return {
    area_id: row.area_id,
    number: row.number,
    state: row.state,
    size: row.size,
    root: row.root,
    previous_root: row.previous_root,
    cid: row.cid,
    sealed_at: row.sealed_at.toISOString(),
    anchor: anchor && {
      transaction: anchor.transaction,
      block_number: anchor.block_number,
      block_hash: anchor.block_hash,
      anchored_at: anchor.anchored_at.toISOString(),
      ...confirmationsOf(anchor.block_number, head),
    },
    failure: failure && asFailure(failure),
  }
}

const confirmationsOf = (blockNumber: number, head: KnownHead) =>
  typeof head === 'number'
    ? { confirmations: Math.max(0, head - blockNumber + 1), confirmations_reason: null }
    : { confirmations: null, confirmations_reason: head }

const headNow = async ({ glimpses }: Pick<Deps, 'glimpses'>): Promise<KnownHead> =>
  (await nullIfAway(glimpses.head())) ?? 'chain_unavailable'

export interface BatchesQuery {
  limit: number
  cursor?: string | undefined
  area_id?: string | undefined
  state?: BatchState | undefined
}

/** `GET /batches`: newest first. */
export async function listBatches(
  { models, glimpses }: Pick<Deps, 'models' | 'glimpses'>,
  { limit, cursor, area_id, state }: BatchesQuery,
): Promise<{ items: Batch[]; next: string | null }> {
  const filters = [
    { ...(area_id && { area_id }), ...(state && { state }) },
    area_id === undefined ? afterCursor('sealed_at', cursor) : belowCursor(area_id, cursor),
  ]
  const rows = await models.batches
    .find({ $and: filters })
    // Within an area numbers run as times do, and the index on them needs no sorting.
    .sort(area_id === undefined ? { sealed_at: -1, _id: -1 } : { area_id: 1, number: -1 })
    .limit(limit + 1)
    .lean()
  const head = await headNow({ glimpses })
  return pageOf(
    rows,
    limit,
    (row) => ({ at: row.sealed_at, id: row._id }),
    (row) => asBatch(row, head),
  )
}

/** Filter for what comes after a cursor among the batches of one area, by number. */
function belowCursor(areaId: string, cursor: string | undefined): { number?: { $lt: number } } {
  if (cursor === undefined) return {}
  const [cursorAreaId, digits] = parseCursor(cursor).id.split('/')
  const number = Number(digits)
  if (cursorAreaId !== areaId || !Number.isSafeInteger(number)) {
    throw new CodedError(
      'malformed',
      `cursor: expected one that this list answered as next, got ${cursor.slice(0, 60)}`,
    )
  }
  return { number: { $lt: number } }
}

/** The row of a batch. Throws `not_found`. */
export async function findBatchRow(
  { models }: Pick<Deps, 'models'>,
  areaId: string,
  number: number,
): Promise<BatchRow> {
  const row = await models.batches.findById(`${areaId}/${number}`).lean()
  if (!row) throw new CodedError('not_found', `batch: none with number ${number} in area ${areaId}`)
  return row
}

/** `GET /batches/{area_id}/{number}`. Throws `not_found`. */
export async function findBatch(deps: Deps, areaId: string, number: number): Promise<Batch> {
  const row = await findBatchRow(deps, areaId, number)
  return asBatch(row, await headNow(deps))
}

/** The file of a batch exactly as pinned, streamed. Throws `not_found` or `not_published_yet`. */
export async function openBatchFile(
  deps: Deps,
  areaId: string,
  number: number,
): Promise<AsyncIterable<Uint8Array>> {
  const { cid, state } = await findBatchRow(deps, areaId, number)
  if (cid === null) {
    throw new CodedError(
      'not_published_yet',
      `batch ${areaId}/${number}: expected it on IPFS, it is ${state}`,
    )
  }
  return deps.ipfs.cat(cid)
}

/** `GET /batches/{area_id}/{number}/records`: records of a batch in their order; the cursor is an index. */
export async function listBatchRecords(
  deps: Deps,
  {
    areaId,
    number,
    limit,
    cursor,
  }: { areaId: string; number: number; limit: number; cursor?: string | undefined },
): Promise<{ items: BatchRecord[]; next: string | null }> {
  const { root } = await findBatchRow(deps, areaId, number)
  const from = cursor === undefined ? 0 : Number(cursor)
  if (!Number.isSafeInteger(from) || from < 0) {
    throw new CodedError(
      'malformed',
      `cursor: expected one that this list answered as next, got ${cursor}`,
    )
  }
  const { leaves, size } = await loadLeafSlice(deps, root, { from, limit })
  const bodies = await Array.fromAsync(recordBodies(deps, leaves))
  const items = bodies.map((body, index) =>
    asBatchRecord(parseRecord(parseJson(body)), from + index, leafHashOfBody(body)),
  )
  return { items, next: from + limit < size ? String(from + limit) : null }
}

function asBatchRecord(record: LedgerRecord, index: number, leafHash: string): BatchRecord {
  const head = { index, leaf_hash: leafHash, type: record.type, at: orderedAt(record) }
  switch (record.type) {
    case 'reading': {
      const { device_id, power_status, reason, timestamp } = record.reading
      return {
        ...head,
        device_id,
        content: { type: 'reading', power_status, reason, timestamp },
        summary: `${power_status} at ${timestamp} (${reason})`,
      }
    }
    case 'device_event': {
      const { event, device } = record
      const content = { type: 'device_event', event } as const
      return { ...head, device_id: device.device_id, content, summary: event }
    }
    case 'complaint_event': {
      const { event, complaint_id } = record
      const content = { type: 'complaint_event', event, complaint_id } as const
      return { ...head, device_id: null, content, summary: `${event} (${complaint_id})` }
    }
  }
}
