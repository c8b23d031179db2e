import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import * as digest from 'multiformats/hashes/digest'
import { concat, fromUtf8, sha256, toHex, utf8, type Hash } from '../../../../shared/bytes.ts'
import { ZERO_ROOT, writeBatchFile, type BatchHeader } from '../../../../shared/batch/index.ts'
import { inclusionPath, merkleRoot } from '../../../../shared/merkle/index.ts'
import type { ProofBundle } from '../../../../shared/proof/index.ts'
import {
  orderedAt,
  recordBytes,
  recordLeafHash,
  type LedgerRecord,
} from '../../../../shared/record/index.ts'
import {
  SourceError,
  type AnchorEvent,
  type ChainAnchor,
  type ChainSource,
  type IpfsSource,
} from '../../../../shared/verification/index.ts'

/** Seals records into real batch files and keeps them in a chain and an IPFS of memory. */

const SHA2_256 = 0x12
const CHAIN_ID = 31337
/** Above every block a bundle can name by one changed bit. */
const HEAD = 1000
export const CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3'
const SEALED_AT_MS = Date.UTC(2026, 10, 21, 6)
const BATCH_INTERVAL_MS = 15 * 60_000

export interface SealedBatch {
  header: BatchHeader
  leaves: Hash[]
  records: LedgerRecord[]
  bytes: Uint8Array
  cid: CID
  anchor: ProofBundle['anchor']
}

const orderOf = (record: LedgerRecord) => `${orderedAt(record)} ${toHex(recordLeafHash(record))}`

const hex32 = (name: string): string => `0x${toHex(sha256(utf8(name)))}`

/** The CID of a file of one chunk. */
export const cidOf = (bytes: Uint8Array): CID =>
  CID.createV1(raw.code, digest.create(SHA2_256, new Uint8Array(sha256(bytes))))

async function sealBatch(
  areaId: string,
  number: number,
  previousRoot: string,
  unordered: LedgerRecord[],
) {
  const records = unordered.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
  const leaves = records.map(recordLeafHash)
  const sealedAtMs = SEALED_AT_MS + number * BATCH_INTERVAL_MS
  const header: BatchHeader = {
    v: 1,
    type: 'batch',
    area_id: areaId,
    number,
    previous_root: previousRoot,
    root: toHex(merkleRoot(leaves)),
    sealed_at: new Date(sealedAtMs).toISOString(),
    size: records.length,
  }
  const parts: Uint8Array[] = []
  const lines = records.map((record) => fromUtf8(recordBytes(record)))
  for await (const part of writeBatchFile(header, lines)) parts.push(part)
  const bytes = concat(...parts)
  const name = `${areaId}-${number}`
  const anchor = {
    chain_id: CHAIN_ID,
    contract: CONTRACT.toLowerCase(),
    transaction: hex32(`transaction ${name}`),
    block_number: 100 + number,
    block_hash: hex32(`block ${name}`),
    anchored_at: new Date(sealedAtMs + 12_000).toISOString(),
  }
  return { header, leaves, records, bytes, cid: cidOf(bytes), anchor } satisfies SealedBatch
}

/** Seals the batches of one area, each list of records one batch. */
export async function sealArea(areaId: string, lists: LedgerRecord[][]): Promise<SealedBatch[]> {
  const batches: SealedBatch[] = []
  for (const [index, records] of lists.entries()) {
    const previousRoot = batches.at(-1)?.header.root ?? ZERO_ROOT
    batches.push(await sealBatch(areaId, index + 1, previousRoot, records))
  }
  return batches
}

/** The bundle of a record, found in the batches of its area. */
export function bundleOf(batches: readonly SealedBatch[], record: LedgerRecord): ProofBundle {
  const leafHash = toHex(recordLeafHash(record))
  for (const { header, leaves, cid, anchor } of batches) {
    const index = leaves.findIndex((leaf) => toHex(leaf) === leafHash)
    if (header.area_id !== record.area_id || index < 0) continue
    return {
      v: 1,
      type: 'proof',
      record,
      leaf_hash: leafHash,
      index,
      path: inclusionPath(leaves, index).map(toHex),
      batch: header,
      cid: cid.toString(),
      anchor,
    }
  }
  throw new Error(`no batch holds ${leafHash}`)
}

/** What the fake chain answers, to be changed by a test; null where it holds nothing. */
interface Answers {
  contract?: string
  chainId?: number
  head?: number
  anchor?: (anchor: ChainAnchor) => ChainAnchor | null
  event?: (event: AnchorEvent) => AnchorEvent | null
}

export function chainOf(batches: readonly SealedBatch[], answers: Answers = {}): ChainSource {
  const find = (areaId: string, number: number) =>
    batches.find(({ header }) => header.area_id === areaId && header.number === number)
  const { contract = CONTRACT, chainId = CHAIN_ID, head = HEAD } = answers
  const { anchor: changeAnchor = (anchor) => anchor, event: changeEvent = (event) => event } =
    answers
  return {
    contract,
    chainId: async () => chainId,
    head: async () => head,
    async latest(areaId) {
      const last = batches.findLast(({ header }) => header.area_id === areaId)
      return last
        ? { number: last.header.number, root: merkleRoot(last.leaves) }
        : { number: 0, root: new Uint8Array(32) }
    },
    async anchorOf(areaId, number) {
      const batch = find(areaId, number)
      if (!batch) return null
      const { header, leaves, cid, anchor } = batch
      return changeAnchor({
        root: merkleRoot(leaves),
        size: header.size,
        cid: cid.bytes,
        anchoredAtSeconds: Date.parse(anchor.anchored_at) / 1000,
      })
    },
    async anchoredIn(areaId, number, blockHash) {
      const batch = find(areaId, number)
      if (!batch || batch.anchor.block_hash !== blockHash) return null
      const { header, leaves, cid, anchor } = batch
      const { transaction, block_number: blockNumber } = anchor
      return changeEvent({
        transaction,
        blockNumber,
        root: merkleRoot(leaves),
        size: header.size,
        cid: cid.bytes,
      })
    },
  }
}

/** Gives out files by CID; `change` may damage what is given out, as a gateway that checks nothing would. */
export function ipfsOf(
  batches: readonly SealedBatch[],
  change: (bytes: Uint8Array, batch: SealedBatch) => Uint8Array = (bytes) => bytes,
): IpfsSource {
  return {
    async *file(cid) {
      const batch = batches.find((candidate) => candidate.cid.toString() === cid)
      if (!batch) throw new SourceError(`no file ${cid}`)
      yield change(batch.bytes, batch)
    },
  }
}
