import { anchorsBetween, SourceError, type BatchAnchored } from '../../shared/verification/index.ts'
import { expectStanding, keepBatch, type MirrorSources } from './keep-batch.ts'
import { writeState, type MirrorState } from './state.ts'

/** Blocks asked for at once. */
const BLOCKS_PER_STEP = 1_000

export interface MirrorOptions extends MirrorSources {
  folder: string
  rpcUrl: string
  /** Blocks on top of an anchor, its own included, before it is kept. */
  confirmations: number
  timeoutMs: number
  /** Only these areas; all where it is empty. */
  areas: ReadonlySet<string>
}

export interface MirrorVisitor {
  kept(batch: BatchAnchored): void
  /** A batch could not be had; it is asked for again next time. */
  missing(batch: BatchAnchored, reason: SourceError): void
  /** Blocks up to this one are done, of so many. */
  progress(block: number, head: number): void
}

/**
 * One round: checks that what was kept last still stands on the contract, then keeps every batch anchored since, as far as
 * blocks are confirmed. `state` follows, on disk after each batch, so that a round may be cut off anywhere. Returns how
 * many batches could not be had. Throws a `Contradiction` at the first, `SourceError` when the node cannot be asked.
 */
export async function followOnce(
  options: MirrorOptions,
  state: MirrorState,
  visitor: MirrorVisitor,
): Promise<number> {
  const { chain, folder, confirmations, rpcUrl, timeoutMs, areas } = options
  for (const [areaId, last] of Object.entries(state.areas)) {
    await expectStanding(chain, areaId, last)
  }
  const head = (await chain.head()) - confirmations + 1
  /** Areas of which a batch is missing: the ones after it wait. */
  const waiting = new Map<string, number>()
  let missing = 0
  for (let from = state.next_block; from <= head; from += BLOCKS_PER_STEP) {
    const to = Math.min(head, from + BLOCKS_PER_STEP - 1)
    const rpc = { rpcUrl, contract: chain.contract, timeoutMs }
    for (const batch of await anchorsBetween(rpc, from, to)) {
      if (areas.size > 0 && !areas.has(batch.areaId)) continue
      if (batch.number <= (state.areas[batch.areaId]?.number ?? 0)) continue
      if (waiting.has(batch.areaId)) continue
      if (await keep(options, state, batch, visitor)) continue
      waiting.set(batch.areaId, batch.blockNumber)
      missing += 1
    }
    state.next_block = Math.min(to + 1, ...waiting.values())
    await writeState(folder, state)
    visitor.progress(to, head)
  }
  return missing
}

async function keep(
  { chain, ipfs, folder }: MirrorOptions,
  state: MirrorState,
  batch: BatchAnchored,
  visitor: MirrorVisitor,
): Promise<boolean> {
  try {
    const last = state.areas[batch.areaId]
    state.areas[batch.areaId] = await keepBatch({ chain, ipfs }, folder, batch, last)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    visitor.missing(batch, error)
    return false
  }
  await writeState(folder, state)
  visitor.kept(batch)
  return true
}
