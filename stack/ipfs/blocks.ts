import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FsBlockstore } from 'blockstore-fs'
import { NextToLast } from 'blockstore-fs/sharding'
import { exporter } from 'ipfs-unixfs-exporter'
import { CID } from 'multiformats/cid'
import { syncFolder, syncName, writeDurably } from './durable.ts'
import { RpcError } from './errors.ts'

const SHA2_256 = 0x12

/** A folder of blocks. */
export interface Blocks {
  store: FsBlockstore
  /** Begins to write blocks that are made durable together. */
  beginImport(): BlockImport
  /** The bytes of a block; RpcError when it is not here. Like Kubo's, not checked on reading. */
  get(cid: CID): Promise<Uint8Array>
  /** The CIDs of a DAG, each once, parents first. Throws RpcError at one that is not here. */
  walk(root: CID): AsyncGenerator<CID>
}

interface BlockImport {
  /** Checks the bytes against the CID and writes them. Throws RpcError when they do not match. */
  put(cid: CID, bytes: Uint8Array): Promise<void>
  /** Makes the names of all blocks put so far durable: their bytes are already. */
  flush(): Promise<void>
}

export async function openBlocks(dir: string): Promise<Blocks> {
  const store = new FsBlockstore(dir)
  await store.open()
  await syncName(dir)

  async function get(cid: CID): Promise<Uint8Array> {
    if (!(await store.has(cid))) {
      // Kubo's words, when it does not ask the network.
      throw new RpcError(`block was not found locally (offline): ipld: could not find ${cid}`)
    }
    const pieces: Uint8Array[] = []
    for await (const piece of store.get(cid)) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  async function links(cid: CID): Promise<CID[]> {
    if (!(await store.has(cid))) await get(cid)
    const entry = await exporter(cid, store)
    return entry.type === 'file' || entry.type === 'directory'
      ? entry.node.Links.map(({ Hash }) => CID.decode(Hash.bytes))
      : []
  }

  async function* walk(root: CID): AsyncGenerator<CID> {
    const seen = new Set<string>([root.toString()])
    const waiting = [root]
    for (let cid = waiting.pop(); cid !== undefined; cid = waiting.pop()) {
      yield cid
      for (const link of (await links(cid)).reverse()) {
        if (seen.has(link.toString())) continue
        seen.add(link.toString())
        waiting.push(link)
      }
    }
  }

  return { store, get, walk, beginImport: () => beginImport(dir) }
}

function beginImport(dir: string): BlockImport {
  // The store's own way from a CID to a file: it reads what is written here.
  const sharding = new NextToLast()
  const folders = new Set<string>()
  return {
    async put(cid, bytes) {
      checkBlock(cid, bytes)
      const { dir: shard, file } = sharding.encode(cid)
      const folder = join(dir, shard)
      await mkdir(folder, { recursive: true })
      await writeDurably(join(folder, file), bytes)
      folders.add(folder)
    },
    async flush() {
      for (const folder of folders) await syncFolder(folder)
      await syncFolder(dir)
    },
  }
}

function checkBlock(cid: CID, bytes: Uint8Array): void {
  if (cid.multihash.code !== SHA2_256) {
    throw new RpcError(
      `block ${cid}: expected hash function ${SHA2_256} (sha2-256), got ${cid.multihash.code}`,
    )
  }
  const digest = createHash('sha256').update(bytes).digest()
  if (!digest.equals(cid.multihash.digest)) {
    throw new RpcError(
      `mismatch in content integrity, expected: ${cid}, got ${digest.toString('hex')}`,
    )
  }
}
