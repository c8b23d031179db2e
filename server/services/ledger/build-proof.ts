import { hashFromHex, toHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { parseJson } from '../../../shared/json.ts'
import type { ProofBundle } from '../../../shared/proof/index.ts'
import {
  parseRecord,
  STANDING_AFTER,
  type DeviceEventRecord,
  type ReadingRecord,
} from '../../../shared/record/index.ts'
import type { BatchRow, RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { findRow, stateOf } from './find-record.ts'
import { findInclusion } from './leaf-list.ts'
import { headerOf } from './publish-batch.ts'
import { expectIntact } from './record-bodies.ts'

/**
 * Road step 10: the proof bundle of a record, formats.md §5. Throws `not_found`, `not_anchored_yet` with the expected
 * time, or `record_damaged` when the database no longer holds what was sealed.
 */
export async function buildProof(deps: Deps, leafHash: string): Promise<ProofBundle> {
  const { row, batch } = await findRow(deps, leafHash)
  expectIntact(row)
  if (!batch?.anchor || batch.cid === null)
    throw notAnchoredYet(deps, leafHash, batch, row.ordered_at)

  const record = parseRecord(parseJson(row.body))
  const inclusion = await findInclusion(deps, batch.root, hashFromHex(leafHash))
  if (!inclusion) {
    throw new CodedError(
      'record_damaged',
      `record ${leafHash}: marked as in batch ${batch._id}, absent from its leaf list`,
    )
  }
  const device = record.type === 'reading' ? { device: await keyOf(deps, record) } : {}
  return {
    v: 1,
    type: 'proof',
    record,
    leaf_hash: leafHash,
    index: inclusion.index,
    path: inclusion.path.map(toHex),
    batch: headerOf(batch),
    cid: batch.cid,
    anchor: {
      chain_id: deps.ethereum.chainId,
      contract: deps.ethereum.contract,
      transaction: batch.anchor.transaction,
      block_number: batch.anchor.block_number,
      block_hash: batch.anchor.block_hash,
      anchored_at: batch.anchor.anchored_at.toISOString(),
    },
    ...device,
  }
}

function notAnchoredYet(
  { settings }: Deps,
  leafHash: string,
  batch: BatchRow | null,
  orderedAt: Date,
) {
  const expectedAt = new Date((batch?.sealed_at ?? orderedAt).getTime() + settings.batchIntervalMs)
  return new CodedError(
    'not_anchored_yet',
    `record ${leafHash}: expected it anchored, it is ${stateOf(batch)}; its batch is due around ${expectedAt.toISOString()}`,
  )
}

/**
 * The key that was valid for the device when the reading came, and the event from which a verifier reads on: the latest
 * that made the device active in this area, since nothing before it bears on the key.
 */
async function keyOf(
  deps: Deps,
  record: ReadingRecord,
): Promise<NonNullable<ProofBundle['device']>> {
  const { device_id } = record.reading
  const rows = await deps.models.records
    .find({
      type: 'device_event',
      device_id,
      area_id: record.area_id,
      ordered_at: { $lte: new Date(record.received_at) },
    })
    .sort({ ordered_at: -1 })
    .lean()
  const events = rows.map(asDeviceEvent)
  const latest = events[0]
  const start = events.find(({ event }) => STANDING_AFTER[event.event] === 'active')
  if (!latest || !start) {
    throw new CodedError(
      'record_damaged',
      `device ${device_id}: expected its enrolment in ${record.area_id}, found none`,
    )
  }
  const { row, batch } = await findRow(deps, start.leafHash)
  if (!batch?.anchor) throw notAnchoredYet(deps, start.leafHash, batch, row.ordered_at)
  return {
    public_key: latest.event.device.public_key,
    enrolment: { leaf_hash: start.leafHash, area_id: record.area_id, number: batch.number },
  }
}

function asDeviceEvent(row: RecordRow): { leafHash: string; event: DeviceEventRecord } {
  expectIntact(row)
  const event = parseRecord(parseJson(row.body))
  if (event.type !== 'device_event') {
    throw new CodedError(
      'record_damaged',
      `record ${row._id}: expected a device event, got a ${event.type}`,
    )
  }
  return { leafHash: row._id, event }
}
