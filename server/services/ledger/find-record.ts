import type { RecordPlace } from '../../../shared/api/ledger.ts'
import type { RecordState } from '../../../shared/api/readings.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { BatchRow, RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { expectIntact } from './record-bodies.ts'
import { wholeRecords } from './whole-records.ts'

export interface FoundRecord {
  row: RecordRow
  batch: BatchRow | null
}

/** The row of a record, whole, and the batch that holds it. Throws `not_found`. */
export async function findRow(
  deps: Pick<Deps, 'models' | 'ipfs'>,
  leafHash: string,
): Promise<FoundRecord> {
  const { models } = deps
  const found = await models.records.findById(leafHash).lean()
  const [row] = await wholeRecords(deps, found ? [found] : [])
  if (!row) throw new CodedError('not_found', `record: none with leaf hash ${leafHash}`)
  const batch =
    row.batch_number === null
      ? null
      : await models.batches.findById(`${row.area_id}/${row.batch_number}`).lean()
  return { row, batch }
}

export const stateOf = (batch: Pick<BatchRow, 'state'> | null): RecordState =>
  batch?.state ?? 'accepted'

/** `GET /records/{leaf_hash}`: the record and where it is. Throws `not_found`, or `record_damaged` when its bytes were altered. */
export async function findRecord(deps: Deps, leafHash: string): Promise<RecordPlace> {
  const { row, batch } = await findRow(deps, leafHash)
  expectIntact(row)
  return {
    leaf_hash: row._id,
    state: stateOf(batch),
    record: { ...parseRecord(parseJson(row.body)) },
    batch: batch && { area_id: batch.area_id, number: batch.number },
  }
}
