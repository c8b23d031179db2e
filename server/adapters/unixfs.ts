import { CarWriter } from '@ipld/car'
import { importFile, type ImporterOptions, type WritableStorage } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import type { CID } from 'multiformats/cid'

/** How a batch file becomes UnixFS; formats.md §3. */
const CHUNK_BYTES = 1024 * 1024
const MAX_LINKS = 1024
const OPTIONS: ImporterOptions = {
  cidVersion: 1,
  rawLeaves: true,
  reduceSingleLeafToSelf: true,
  chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
  layout: balanced({ maxChildrenPerNode: MAX_LINKS }),
}

/** Computes the CID of a file without keeping it: constant memory. */
export async function cidOfFile(file: AsyncIterable<Uint8Array>): Promise<CID> {
  const nowhere: WritableStorage = { put: async (cid) => cid }
  const { cid } = await importFile({ content: file }, nowhere, OPTIONS)
  return cid
}

/**
 * The file as a CARv1 with one root, streamed. The root must be known beforehand (`cidOfFile`); a file that turns out
 * to have another one ends the stream with an error, so a receiver never takes it for whole.
 */
export async function* carOfFile(
  root: CID,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { writer, out } = CarWriter.create([root])
  const store: WritableStorage = {
    put: async (cid, bytes) => {
      if (!(bytes instanceof Uint8Array))
        throw new TypeError('expected whole blocks from the importer')
      await writer.put({ cid, bytes })
      return cid
    },
  }
  const filled = importFile({ content: file }, store, OPTIONS).then(({ cid }) => {
    if (!cid.equals(root)) throw new Error(`expected a file with root ${root}, got ${cid}`)
  })
  // A failed import must not leave the reader waiting for blocks that never come.
  const ended = filled.finally(() => writer.close())
  ended.catch(() => undefined)
  yield* out
  await ended
}
