import { writeBatchFile, type BatchHeader } from '../../../shared/batch/index.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { cidOfFile } from '../../adapters/unixfs.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { dueForTry, failureAfter } from './failure.ts'
import { loadLeafList } from './leaf-list.ts'
import { markRecords } from './mark-records.ts'
import { recordBodies } from './whole-records.ts'

/**
 * Road step 6: puts every sealed batch on IPFS and marks its records, oldest first, those that failed before after those that did not, so that a
 * failure of one does not hold up another. Ends at the first `ipfs_unavailable`: throws it where the store took
 * nothing in this run, as then all the others would wait for it in turn.
 */
export async function publishBatches(deps: Deps): Promise<void> {
  const { models, clock } = deps
  const sealed = await models.batches
    .find({ state: 'sealed', ...dueForTry(clock.now()) })
    .sort({ 'failure.attempt': 1, sealed_at: 1 })
    .lean()
  let hasPublished = false
  for (const batch of sealed) {
    try {
      await publishBatch(deps, batch)
      hasPublished = true
    } catch (error) {
      const at = { step: 'publish', subject: batch._id } as const
      const failure = failureAfter(deps, at, error, batch.failure)
      await models.batches.updateOne({ _id: batch._id, state: 'sealed' }, { $set: { failure } })
      if (failure.code !== 'ipfs_unavailable') continue
      if (hasPublished) return
      throw error
    }
  }
}

/** Header of a batch as its file bears it. */
export const headerOf = (batch: BatchRow): BatchHeader => ({
  v: 1,
  type: 'batch',
  area_id: batch.area_id,
  number: batch.number,
  previous_root: batch.previous_root,
  root: batch.root,
  sealed_at: batch.sealed_at.toISOString(),
  size: batch.size,
})

/**
 * Has the node store and pin the file of a batch and reads it back, while the records are marked: the database works on
 * the one, the portal on the other. Writes nothing to disk: the file is generated from the records each time it is needed,
 * so a crash leaves nothing half done.
 */
export async function publishBatch(deps: Deps, batch: BatchRow): Promise<void> {
  const { models, clock } = deps
  const leaves = await loadLeafList(deps, batch.root)
  const file = writeBatchFile(headerOf(batch), recordBodies(deps, leaves))
  const [stored, marked] = await Promise.allSettled([
    keepOnIpfs(deps, file),
    markRecords(deps, batch, leaves),
  ])
  if (marked.status === 'rejected') throw marked.reason
  if (stored.status === 'rejected') throw stored.reason
  await models.batches.updateOne(
    { _id: batch._id, state: 'sealed' },
    { $set: { state: 'published', cid: stored.value, failure: null, changed_at: clock.now() } },
  )
}

/**
 * Has the node store and pin a file and reads it back; answers its CID. Where one is expected, a file that has another is
 * not pinned. Throws `ipfs_unavailable` or `wrong_cid`.
 */
export async function keepOnIpfs(
  { ipfs }: Pick<Deps, 'ipfs'>,
  file: AsyncIterable<Uint8Array>,
  expected?: string,
): Promise<string> {
  const cid = await ipfs.add(file, expected)
  const readBack = (await cidOfFile(ipfs.cat(cid))).toString()
  if (readBack !== cid) {
    throw new CodedError(
      'wrong_cid',
      `IPFS: expected to read back ${cid}, the node gave ${readBack}`,
    )
  }
  return cid
}
