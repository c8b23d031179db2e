import { readBatchFile, ZERO_ROOT, type BatchHeader } from '../../shared/batch/index.ts'
import { toHex } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import type { LedgerRecord } from '../../shared/record/index.ts'
import { cidText, type ChainSource, type IpfsSource } from '../../shared/verification/index.ts'
import { Contradiction, expectAgreement } from './contradiction.ts'

/** A record of the ledger and where it stands. */
export interface LedgerEntry {
  record: LedgerRecord
  leafHash: string
  /** Batch and record as a person finds them in the file, records counted from 1. */
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

interface Expected {
  number: number
  previousRoot: string
}

async function readBatch(
  { areaId, chain, ipfs }: LedgerSources,
  { number, previousRoot }: Expected,
  visitor: LedgerVisitor,
): Promise<BatchHeader> {
  const where = `batch ${number} of ${areaId}`
  const anchor = await chain.anchorOf(areaId, number)
  if (!anchor)
    throw new Contradiction('batch_chain', `${where}: expected on the contract, got none`)
  const cid = cidText(anchor.cid)
  const header = await inFile(`${where} (${cid})`, () =>
    readBatchFile(ipfs.file(cid), ({ record, leafHash }, index) =>
      visitor.record({
        record,
        leafHash: toHex(leafHash),
        place: `batch ${number}, record ${index + 1}`,
      }),
    ),
  )
  expectAgreement('batch_chain', `${where}: area_id`, areaId, header.area_id)
  expectAgreement('batch_chain', `${where}: number`, number, header.number)
  expectAgreement('batch_chain', `${where}: previous_root`, previousRoot, header.previous_root)
  expectAgreement('batch_file', `${where}: root`, toHex(anchor.root), header.root)
  expectAgreement('batch_file', `${where}: size`, anchor.size, header.size)
  return header
}

/** A file that is not what its CID, its header or the format says speaks against the ledger. */
async function inFile<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof Contradiction || !(cause instanceof CodedError)) throw cause
    throw new Contradiction('batch_file', `${where}: ${cause.message}`, { cause })
  }
}
