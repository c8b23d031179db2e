import { writeBatchFile } from '../../../shared/batch/index.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { cidOfFile } from '../../adapters/unixfs.ts'
import type { FilePart } from '../../adapters/ipfs.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import type { Lease } from '../lease.ts'
import { writeRows } from '../outage/write-rows.ts'
import { leafIds, loadLeafList } from './leaf-list.ts'
import { headerOf, keepOnIpfs } from './publish-batch.ts'
import { recordBodies } from './whole-records.ts'

/** Batches in one run, every five seconds: an old ledger is condensed bit by bit beside the work of the day. */
const BATCHES_PER_RUN = 5
const ROWS_PER_WRITE = 2_000
const NEWLINE_BYTES = 1

/**
 * Moves the bytes of readings out of the database that are older than `retentionMs`: of final batches sealed before then, oldest
 * first. A row keeps its leaf hash, its number and digest, its times, and where its bytes are in the batch's file on IPFS, from
 * which whoever needs them reads them back. Answers how many batches were condensed; null while another instance holds the lease.
 * Throws `ipfs_unavailable` or `wrong_cid`, and has then let go of nothing that the node does not hold.
 */
export async function condenseReadings(
  deps: Deps,
  lease: Lease,
  retentionMs: number,
): Promise<number | null> {
  if (!(await lease.hold())) return null
  const { models, clock } = deps
  const before = new Date(clock.now().getTime() - retentionMs)
  let condensed = 0
  await lease.holdDuring(async () => {
    const batches = await models.batches
      .find({ state: 'final', condensed_at: { $eq: null }, sealed_at: { $lt: before } })
      .sort({ sealed_at: 1 })
      .limit(BATCHES_PER_RUN)
      .lean()
    for (const batch of batches) {
      if (!(await lease.hold())) return
      await condenseBatch(deps, batch)
      condensed += 1
    }
  })
  return condensed
}

/**
 * The file is made from the records once more, has to have the CID that was anchored, and is pinned and read back once more;
 * only then bytes go. Cut short, it begins again: what is gone already is read from the file.
 */
async function condenseBatch(deps: Deps, batch: BatchRow): Promise<void> {
  const leaves = await loadLeafList(deps, batch.root)
  const file = () => writeBatchFile(headerOf(batch), recordBodies(deps, leaves))
  const parts: FilePart[] = []
  const cid = (await cidOfFile(notingLines(file(), parts))).toString()
  if (cid !== batch.cid)
    throw new CodedError(
      'record_damaged',
      `batch ${batch._id}: expected its records to make the file ${batch.cid}, they make ${cid}`,
    )
  await keepOnIpfs(deps, file(), cid)
  const [, ...ofRecords] = parts
  for (let from = 0; from < ofRecords.length; from += ROWS_PER_WRITE) {
    const ids = leafIds(leaves, from, from + ROWS_PER_WRITE)
    await writeRows(
      deps.models.records,
      ids.flatMap((_id, index) => {
        const in_file = ofRecords[from + index]
        const update = { $set: { in_file }, $unset: { body: 1 as const } }
        return in_file ? [{ updateOne: { filter: { _id, type: 'reading' as const }, update } }] : []
      }),
    )
  }
  await deps.models.batches.updateOne(
    { _id: batch._id },
    { $set: { condensed_at: deps.clock.now() } },
  )
}

/** The same lines, one a chunk as `writeBatchFile` yields them; notes where each is, without its newline. */
async function* notingLines(
  lines: AsyncIterable<Uint8Array>,
  parts: FilePart[],
): AsyncGenerator<Uint8Array> {
  let offset = 0
  for await (const line of lines) {
    parts.push({ offset, length: line.length - NEWLINE_BYTES })
    offset += line.length
    yield line
  }
}
