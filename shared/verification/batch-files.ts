import { CID } from 'multiformats/cid'
import { toHex } from '../bytes.ts'
import { readBatchFile, ZERO_ROOT, type BatchHeader } from '../batch/index.ts'
import type { ProofBundle } from '../proof/index.ts'
import type { DeviceEventRecord, LedgerRecord } from '../record/index.ts'
import { proving, VerificationError } from './evidence.ts'
import { SourceError, type ChainAnchor, type ChainSource, type IpfsSource } from './sources.ts'

/** A batch file proved whole, with what later steps ask of it. */
export interface ProvedFile {
  header: BatchHeader
  /** Leaf hash of the record at the bundle's index, or what stands in its place. */
  leafHashAtIndex: string
  /** Events of the device of the bundle's reading. */
  deviceEvents: { record: DeviceEventRecord; leafHash: string }[]
}

/**
 * Batch files of the bundle's area, each fetched by the CID on chain and proved against the root on chain. The file of the
 * bundle's own batch is read once; of no file more is kept than is asked for.
 */
export class BatchFiles {
  readonly #bundle: ProofBundle
  readonly #chain: ChainSource
  readonly #ipfs: IpfsSource
  #own: Promise<ProvedFile> | null = null

  constructor(bundle: ProofBundle, chain: ChainSource, ipfs: IpfsSource) {
    this.#bundle = bundle
    this.#chain = chain
    this.#ipfs = ipfs
  }

  /** Throws `batch_file` when the file contradicts the chain, `SourceError` when it cannot be had. */
  read(number: number): Promise<ProvedFile> {
    const prove = () => proving('batch_file', () => this.#prove(number))
    if (number !== this.#bundle.batch.number) return prove()
    this.#own ??= prove()
    return this.#own
  }

  async #prove(number: number): Promise<ProvedFile> {
    const { batch, index: wanted, record: proved } = this.#bundle
    const anchor = await this.#anchorOf(number)
    const previousRoot = number === 1 ? ZERO_ROOT : toHex((await this.#anchorOf(number - 1)).root)
    const deviceId = deviceOf(proved)
    let leafHashAtIndex = 'no record there'
    const deviceEvents: ProvedFile['deviceEvents'] = []
    const header = await readBatchFile(
      this.#ipfs.file(cidText(anchor.cid)),
      ({ record, leafHash }, index) => {
        if (index === wanted) leafHashAtIndex = toHex(leafHash)
        if (record.type === 'device_event' && record.device.device_id === deviceId)
          deviceEvents.push({ record, leafHash: toHex(leafHash) })
      },
    )
    const onChain = {
      area_id: batch.area_id,
      number,
      root: toHex(anchor.root),
      previous_root: previousRoot,
    }
    for (const name of ['area_id', 'number', 'root', 'previous_root'] as const) {
      if (header[name] === onChain[name]) continue
      throw new VerificationError(
        'batch_file',
        `file of batch ${number} of ${batch.area_id}: ${name}: expected ${onChain[name]} by the chain, got ${header[name]}`,
      )
    }
    return { header, deviceEvents, leafHashAtIndex }
  }

  async #anchorOf(number: number): Promise<ChainAnchor> {
    const { area_id } = this.#bundle.batch
    const anchor = await this.#chain.anchorOf(area_id, number)
    if (!anchor) {
      throw new SourceError(`the contract holds no batch ${number} of ${area_id}`, {
        problem: 'chain_unaware',
      })
    }
    return anchor
  }
}

const deviceOf = (record: LedgerRecord): string | null =>
  record.type === 'reading' ? record.reading.device_id : null

/** The text of a CID as the contract keeps it. Throws `SourceError` on other bytes. */
export function cidText(binary: Uint8Array): string {
  try {
    return CID.decode(binary).toString()
  } catch (cause) {
    throw new SourceError(`the contract answered no CID: ${toHex(binary)}`, { cause })
  }
}
