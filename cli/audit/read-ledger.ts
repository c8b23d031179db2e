import { ZERO_ROOT, type BatchHeader } from '../../shared/batch/index.ts'
import { toHex } from '../../shared/bytes.ts'
import type { LedgerRecord } from '../../shared/record/index.ts'
import type { ChainSource, IpfsSource } from '../../shared/verification/index.ts'
import { Contradiction, expectAgreement } from '../contradiction.ts'
import { proveBatch } from '../prove-batch.ts'

/** A record of the ledger and where it stands. */
export interface LedgerEntry {
  record: LedgerRecord
  leafHash: string
  /** Batch and record as a person finds them, records counted from 1. */
  place: string
}

export interface LedgerVisitor {
  /** Before the first batch: how many the contract holds. */
  begin(latestNumber: number): void
  /** Every record, batch by batch in the order of the file. */
  record(entry: LedgerEntry): void
  /** A batch was read to its end and agrees with the contract. */
  batch(header: BatchHeader): void
}

export interface LedgerSources {
  areaId: string
  chain: ChainSource
  ipfs: IpfsSource
}

/** The end of the ledger that was read. */
export interface LedgerEnd {
  number: number
  root: string
}

/**
 * Reads the ledger of an area from its first batch to the latest on the contract, one line at a time. Checks every file
 * against its anchor, and every batch against the one before it. Throws a `Contradiction` at the first that does not
 * hold, `SourceError` when something cannot be had.
 */
export async function readLedger(
  sources: LedgerSources,
  visitor: LedgerVisitor,
): Promise<LedgerEnd> {
  const { areaId, chain } = sources
  const latest = await chain.latest(areaId)
  visitor.begin(latest.number)
  let root = ZERO_ROOT
  for (let number = 1; number <= latest.number; number += 1) {
    const header = await readBatch(sources, { number, previousRoot: root }, visitor)
    root = header.root
    visitor.batch(header)
  }
  const what = `contract: latest root of ${areaId}`
  expectAgreement('batch_chain', what, root, toHex(latest.root))
  return { number: latest.number, root }
}

async function readBatch(
  { areaId, chain, ipfs }: LedgerSources,
  { number, previousRoot }: { number: number; previousRoot: string },
  visitor: LedgerVisitor,
): Promise<BatchHeader> {
  const anchor = await chain.anchorOf(areaId, number)
  if (!anchor) {
    const where = `batch ${number} of ${areaId}`
    throw new Contradiction('batch_chain', `${where}: expected on the contract, got none`)
  }
  return proveBatch(
    ipfs,
    { areaId, number, previousRoot, ...anchor },
    ({ record, leafHash }, index) =>
      visitor.record({
        record,
        leafHash: toHex(leafHash),
        place: `batch ${number} of ${areaId}, record ${index + 1}`,
      }),
  )
}
