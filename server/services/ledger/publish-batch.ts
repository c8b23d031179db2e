import { writeBatchFile, type BatchHeader } from '../../../shared/batch/index.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { cidOfFile } from '../../adapters/unixfs.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { dueForTry, failureAfter } from './failure.ts'
import { loadLeafList } from './leaf-list.ts'
import { recordBodies } from './whole-records.ts'

/**
 * Road step 6: puts every sealed batch on IPFS, oldest first, those that failed before after those that did not, so that a
 * failure of one does not hold up another. Ends at the first `ipfs_unavailable`: throws it where the store took
 * nothing in this run, as then all the others would wait for it in turn.
 */
export async function publishBatches(deps: Deps): Promise<void> {
  const { models, clock } = deps
  const sealed = await models.batches
    .find({ state: 'sealed', is_marked: true, ...dueForTry(clock.now()) })
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
 * Computes the CID of the file, has the node store and pin it, and reads it back. Writes nothing to disk: the file is
 * generated from the records each time it is needed, so a crash leaves nothing half done.
 */
export async function publishBatch(deps: Deps, batch: BatchRow): Promise<void> {
  const { models, clock } = deps
  const leaves = await loadLeafList(deps, batch.root)
  const file = () => writeBatchFile(headerOf(batch), recordBodies(deps, leaves))
  const cid = (await cidOfFile(file())).toString()
  await keepOnIpfs(deps, cid, file())
  await models.batches.updateOne(
    { _id: batch._id, state: 'sealed' },
    { $set: { state: 'published', cid, failure: null, changed_at: clock.now() } },
  )
}

/** Has the node store and pin a file, and reads it back. Throws `ipfs_unavailable` or `wrong_cid`. */
export async function keepOnIpfs(
  { ipfs }: Pick<Deps, 'ipfs'>,
  cid: string,
  file: AsyncIterable<Uint8Array>,
): Promise<void> {
  await ipfs.add(cid, file)
  const readBack = (await cidOfFile(ipfs.cat(cid))).toString()
  if (readBack !== cid) {
    throw new CodedError(
      'wrong_cid',
      `IPFS: expected to read back ${cid}, the node gave ${readBack}`,
    )
  }
}
