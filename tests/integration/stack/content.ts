import { CarWriter } from '@ipld/car'
import { importBytes } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'

export interface Block {
  cid: CID
  bytes: Uint8Array
}

export interface File {
  root: CID
  blocks: Block[]
}

/** Byte i is (7·i + 3) mod 251, as in vectors/cids.json. */
export function patterned(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (7 * i + 3) % 251)
}

/** The blocks of a file by the rules of formats.md: raw leaves, 1 MiB chunks, 1024 links. */
export async function fileOf(content: Uint8Array): Promise<File> {
  const blocks: Block[] = []
  const store = {
    async put(cid: CID, value: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
      if (!(value instanceof Uint8Array)) throw new Error('expected the bytes of a block at once')
      blocks.push({ cid, bytes: value })
      return cid
    },
  }
  const { cid } = await importBytes(content, store, {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: 1_048_576 }),
    layout: balanced({ maxChildrenPerNode: 1024 }),
  })
  return { root: cid, blocks }
}

export async function* carOf({ root, blocks }: File): AsyncGenerator<Uint8Array> {
  const { writer, out } = CarWriter.create([root])
  const written = (async () => {
    for (const block of blocks) await writer.put(block)
    await writer.close()
  })()
  yield* out
  await written
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return Buffer.concat(all)
}
