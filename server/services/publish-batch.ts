import { writeBatchFile, type BatchHeader } from '../../shared/batch/index.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { cidOfFile } from '../adapters/unixfs.ts'
import type { BatchRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { dueForTry, failureAfter } from './failure.ts'
import { loadLeafList } from './leaf-list.ts'
import { recordBodies } from './record-bodies.ts'

/** Road step 6: puts every sealed batch on IPFS, oldest first. A failure of one does not hold up another. */
export async function publishBatches(deps: Deps): Promise<void> {
  const { models, clock } = deps
  const sealed = await models.batches
    .find({ state: 'sealed', is_marked: true, ...dueForTry(clock.now()) })
    .sort({ sealed_at: 1 })
    .lean()
  for (const batch of sealed) {
    try {
      await publishBatch(deps, batch)
    } catch (error) {
      const failure = failureAfter(deps, 'publish', error, batch.failure)
      await models.batches.updateOne({ _id: batch._id, state: 'sealed' }, { $set: { failure } })
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
  const { models, ipfs, clock } = deps
  const leaves = await loadLeafList(deps, batch.root)
  const file = () => writeBatchFile(headerOf(batch), recordBodies(deps, leaves))
  const cid = (await cidOfFile(file())).toString()
  await ipfs.add(cid, file())
  const readBack = (await cidOfFile(ipfs.cat(cid))).toString()
  if (readBack !== cid) {
    throw new CodedError(
      'wrong_cid',
      `IPFS: expected to read back ${cid}, the node gave ${readBack}`,
    )
  }
  await models.batches.updateOne(
    { _id: batch._id, state: 'sealed' },
    { $set: { state: 'published', cid, failure: null, changed_at: clock.now() } },
  )
}
