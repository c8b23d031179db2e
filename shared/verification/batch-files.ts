import { CID } from 'multiformats/cid'
import { toHex } from '../bytes.ts'
import { readBatchFile, type BatchEntry, type BatchHeader } from '../batch/index.ts'
import type { DeviceEventRecord } from '../record/index.ts'
import { proving, VerificationError } from './evidence.ts'
import { SourceError, type ChainSource, type IpfsSource } from './sources.ts'

/** A batch file proved whole, with what later steps ask of it. */
export interface ProvedFile {
  header: BatchHeader
  leafHashAt(index: number): string
  deviceEvents: { record: DeviceEventRecord; leafHash: string }[]
}

/** Batch files of one area, each fetched once by the CID on chain and proved against the root on chain. */
export class BatchFiles {
  readonly #batch: BatchHeader
  readonly #chain: ChainSource
  readonly #ipfs: IpfsSource
  readonly #files = new Map<number, Promise<ProvedFile>>()

  constructor(batch: BatchHeader, chain: ChainSource, ipfs: IpfsSource) {
    this.#batch = batch
    this.#chain = chain
    this.#ipfs = ipfs
  }

  /** Throws `batch_file` when the file contradicts the chain, `SourceError` when it cannot be had. */
  read(number: number): Promise<ProvedFile> {
    const known = this.#files.get(number)
    if (known) return known
    const file = proving('batch_file', () => this.#prove(number))
    this.#files.set(number, file)
    return file
  }

  async #prove(number: number): Promise<ProvedFile> {
    const { area_id } = this.#batch
    const anchor = await this.#chain.anchorOf(area_id, number)
    if (!anchor) throw new SourceError(`the contract holds no batch ${number} of ${area_id}`)
    const leafHashes: string[] = []
    const deviceEvents: ProvedFile['deviceEvents'] = []
    const header = await readBatchFile(
      this.#ipfs.file(cidText(anchor.cid)),
      (entry: BatchEntry) => {
        const leafHash = toHex(entry.leafHash)
        leafHashes.push(leafHash)
        if (entry.record.type === 'device_event')
          deviceEvents.push({ record: entry.record, leafHash })
      },
    )
    if (
      header.area_id !== area_id ||
      header.number !== number ||
      header.root !== toHex(anchor.root)
    ) {
      throw new VerificationError(
        'batch_file',
        `file of batch ${number} of ${area_id}: root on chain is ${toHex(anchor.root)}, file says ${header.area_id} ${header.number} ${header.root}`,
      )
    }
    return { header, deviceEvents, leafHashAt: (index) => leafHashes[index] ?? 'no record there' }
  }
}

/** The text of a CID as the contract keeps it. Throws `SourceError` on other bytes. */
export function cidText(binary: Uint8Array): string {
  try {
    return CID.decode(binary).toString()
  } catch (cause) {
    throw new SourceError(`the contract answered no CID: ${toHex(binary)}`, { cause })
  }
}
