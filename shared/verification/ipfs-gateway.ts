import { decode } from '@ipld/dag-pb'
import { UnixFS } from 'ipfs-unixfs'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { equalBytes, sha256 } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { readAtMost } from './read-at-most.ts'
import { SourceError, type IpfsSource, type KeptBlocks } from './sources.ts'

const DAG_PB = 0x70
const SHA2_256 = 0x12
/** Blocks of our files hold 1 MiB at most, plus the envelope of an inner node. */
const MAX_BLOCK_BYTES = 2 * 1024 * 1024
const MAX_DEPTH = 8
/** Above the 16,384 leaves of 262,144 records of 64 KiB each, and the nodes over them. */
const MAX_BLOCKS = 20_000
const REQUEST_TIMEOUT_MS = 60_000

interface GatewayOptions {
  gatewayUrl: string
  /** How long one block may take. */
  timeoutMs?: number
  /** Asked before the gateway; a kept block that is not what its CID names is fetched again. */
  kept?: KeptBlocks | undefined
}

interface Gateway {
  base: string
  timeoutMs: number
  kept: KeptBlocks | undefined
}

/**
 * IPFS through a trustless gateway (IPIP-0412): asks for single raw blocks and checks each against its CID, so the
 * gateway is trusted for nothing but being reachable. Other bytes than the CID names, and blocks that make no UnixFS
 * file, are thrown as `batch_file`.
 */
export function ipfsGateway({
  gatewayUrl,
  timeoutMs = REQUEST_TIMEOUT_MS,
  kept,
}: GatewayOptions): IpfsSource {
  const gateway = { base: gatewayUrl.replace(/\/+$/, ''), timeoutMs, kept }
  return { file: (cid) => walk({ gateway, blocks: 0 }, CID.parse(cid), 0) }
}

/** One file on its way; few blocks that name each other often would otherwise be asked for without end. */
interface Walk {
  gateway: Gateway
  blocks: number
}

async function* walk(file: Walk, cid: CID, depth: number): AsyncGenerator<Uint8Array> {
  if (depth > MAX_DEPTH)
    throw new CodedError('batch_file', `IPFS: expected files of at most ${MAX_DEPTH} levels`)
  file.blocks += 1
  if (file.blocks > MAX_BLOCKS)
    throw new CodedError('batch_file', `IPFS: expected files of at most ${MAX_BLOCKS} blocks`)
  const block = await blockOf(file.gateway, cid)
  if (cid.code === raw.code) {
    expectContent(block, cid)
    yield block
    return
  }
  if (cid.code !== DAG_PB)
    throw new CodedError('batch_file', `IPFS: expected a UnixFS file, got codec ${cid.code}`)
  const { data, links } = decodeNode(block)
  if (links.length === 0) expectContent(data, cid)
  if (data) yield data
  for (const link of links) yield* walk(file, link, depth + 1)
}

function expectContent(content: Uint8Array | undefined, cid: CID): void {
  if (!content || content.length === 0)
    throw new CodedError('batch_file', `IPFS: expected content in ${cid.toString()}, got none`)
}

function decodeNode(block: Uint8Array): { data: Uint8Array | undefined; links: CID[] } {
  try {
    const { Data, Links } = decode(block)
    return { data: Data && UnixFS.unmarshal(Data).data, links: Links.map(({ Hash }) => Hash) }
  } catch (cause) {
    throw new CodedError('batch_file', 'IPFS: expected a UnixFS node, got another block', { cause })
  }
}

async function blockOf(gateway: Gateway, cid: CID): Promise<Uint8Array> {
  const { kept } = gateway
  const held = await kept?.get(cid.toString())
  if (held && isBlock(held, cid)) return held
  const block = await fetchBlock(gateway, cid)
  await kept?.put(cid.toString(), block)
  return block
}

const isBlock = (block: Uint8Array, { multihash }: CID): boolean =>
  block.length <= MAX_BLOCK_BYTES &&
  multihash.code === SHA2_256 &&
  equalBytes(sha256(block), multihash.digest)

async function fetchBlock({ base, timeoutMs }: Gateway, cid: CID): Promise<Uint8Array> {
  let block: Uint8Array | null
  try {
    const response = await fetch(`${base}/ipfs/${cid.toString()}?format=raw`, {
      headers: { accept: 'application/vnd.ipld.raw' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new SourceError(`status ${response.status}`)
    block = await readAtMost(response, MAX_BLOCK_BYTES)
  } catch (cause) {
    throw new SourceError(`the IPFS gateway at ${base} did not deliver ${cid.toString()}`, {
      problem: 'ipfs_silent',
      cause,
    })
  }
  if (!block || !isBlock(block, cid)) {
    throw new CodedError(
      'batch_file',
      `the gateway at ${base} delivered other bytes than ${cid.toString()}`,
    )
  }
  return block
}
