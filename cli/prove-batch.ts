import { readBatchFile, type BatchEntry, type BatchHeader } from '../shared/batch/index.ts'
import { toHex } from '../shared/bytes.ts'
import { CodedError } from '../shared/coded-error.ts'
import { cidText, type IpfsSource } from '../shared/verification/index.ts'
import { Contradiction, expectAgreement } from './contradiction.ts'

/** A batch as the contract tells of it, and the root of the one before. */
export interface AnchoredBatch {
  areaId: string
  number: number
  previousRoot: string
  root: Uint8Array
  size: number
  /** Binary CID. */
  cid: Uint8Array
}

/**
 * Reads the file of an anchored batch to its end and holds it against its anchor and the batch before. What was visited
 * counts only once this returns. Throws a `Contradiction` at the first that does not hold, `SourceError` when it cannot
 * be had.
 */
export async function proveBatch(
  ipfs: IpfsSource,
  { areaId, number, previousRoot, root, size, cid }: AnchoredBatch,
  visit: (entry: BatchEntry, index: number) => void = () => undefined,
): Promise<BatchHeader> {
  const where = `batch ${number} of ${areaId}`
  const name = cidText(cid)
  const header = await inFile(`${where} (${name})`, () => readBatchFile(ipfs.file(name), visit))
  expectAgreement('batch_chain', `${where}: area_id`, areaId, header.area_id)
  expectAgreement('batch_chain', `${where}: number`, number, header.number)
  expectAgreement('batch_chain', `${where}: previous_root`, previousRoot, header.previous_root)
  expectAgreement('batch_file', `${where}: root`, toHex(root), header.root)
  expectAgreement('batch_file', `${where}: size`, size, header.size)
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
