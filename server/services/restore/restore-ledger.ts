import { toHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { BatchAnchored, IpfsSource } from '../../../shared/verification/index.ts'
import type { Deps } from '../deps.ts'
import { markBatch } from '../ledger/mark-records.ts'
import { dissolveBatches } from './dissolve-batches.ts'
import { restoreBatch } from './restore-batch.ts'

/** Blocks asked for at once. */
const BLOCKS_PER_STEP = 1_000

export interface RestoreVisitor {
  /** A batch is here again. */
  restored(areaId: string, number: number, size: number): void
}

/** What a restore came to. */
export interface Restored {
  /** Batches that were missing, or not whole, and are here. */
  batches: number
  /** Areas of the ledger that the portal does not know: their batches wait until somebody puts them. */
  unknownAreas: string[]
}

/**
 * Brings back every anchored batch that the database lacks, from the contract's events and the files behind them; `source` is asked
 * for files that the portal's own IPFS node does not hold, and is trusted for nothing. May be cut off anywhere and run again. Nothing
 * else may write meanwhile. Throws `chain_unavailable`, `wrong_chain`, `not_our_contract`, `ipfs_unavailable`, `batch_file`
 * or `contradiction`.
 */
export async function restoreLedger(
  deps: Deps,
  source: IpfsSource,
  visitor: RestoreVisitor,
): Promise<Restored> {
  const { ethereum, models } = deps
  await ethereum.checkIdentity()
  await markSealed(deps)
  const head = await ethereum.head()
  const unknown = new Set<string>()
  let batches = 0
  for (let from = ethereum.firstBlock; from <= head; from += BLOCKS_PER_STEP) {
    const anchors = await ethereum.anchorsIn(from, Math.min(head, from + BLOCKS_PER_STEP - 1))
    for (const told of anchors) {
      const { areaId, number, size } = told
      if (!(await models.areas.exists({ _id: areaId }))) unknown.add(areaId)
      if (unknown.has(areaId) || (await isWhole(deps, told))) continue
      await restoreBatch(deps, source, told)
      batches += 1
      visitor.restored(areaId, number, size)
    }
  }
  await releaseOrphans(deps)
  return { batches, unknownAreas: [...unknown] }
}

/**
 * What a record waits for is known once every sealed batch has marked its own. One whose leaf hashes the backup lacks is no
 * batch: its records wait again.
 */
async function markSealed(deps: Pick<Deps, 'models'>): Promise<void> {
  for (const batch of await deps.models.batches.find({ is_marked: false }).lean())
    await markBatch(deps, batch).catch(async (error: unknown) => {
      if (!(error instanceof CodedError) || error.code !== 'record_damaged') throw error
      await dissolveBatches(deps, batch.area_id, batch.number)
    })
}

/**
 * Records marked with a batch that is neither here nor on the chain wait again: it was sealed while a backup was under way, and lost.
 */
async function releaseOrphans({ models }: Pick<Deps, 'models'>): Promise<void> {
  for (const area_id of await models.records.distinct('area_id')) {
    const last = await models.batches
      .findOne({ area_id }, { number: 1 })
      .sort({ number: -1 })
      .lean()
    await models.records.updateMany(
      { area_id, batch_number: { $gt: last?.number ?? 0 } },
      { $set: { batch_number: null } },
    )
  }
}

/** A backup taken while the portal ran may hold a batch and not all that is in it. */
async function isWhole({ models }: Deps, told: BatchAnchored): Promise<boolean> {
  const { areaId: area_id, number } = told
  const root = toHex(told.root)
  const row = await models.batches.findById(`${area_id}/${number}`).lean()
  if (row?.root !== root || row.cid === null || !row.is_marked) return false
  const marked = await models.records.countDocuments({ area_id, batch_number: number })
  return marked === told.size && (await models.leafLists.exists({ _id: root })) !== null
}
