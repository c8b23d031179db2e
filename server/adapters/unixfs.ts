import { CarWriter } from '@ipld/car'
import { importFile, type ImporterOptions, type WritableStorage } from 'ipfs-unixfs-importer'
import { fixedSize } from 'ipfs-unixfs-importer/chunker'
import { balanced } from 'ipfs-unixfs-importer/layout'
import { CID } from 'multiformats/cid'

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

/** Pieces handed to the importer: a batch file comes line by line, and each piece costs it as much as a large one. */
const PIECE_BYTES = 256 * 1024

/** Stands for the root in a CAR that is not known to its end: the identity CID of no bytes. */
const NO_ROOT = CID.parse('bafkqaaa')

/** Computes the CID of a file without keeping it: constant memory. */
export async function cidOfFile(file: AsyncIterable<Uint8Array>): Promise<CID> {
  const nowhere: WritableStorage = { put: async (cid) => cid }
  return importInto(nowhere, file)
}

async function importInto(store: WritableStorage, file: AsyncIterable<Uint8Array>): Promise<CID> {
  const { cid } = await importFile({ content: inPieces(file) }, store, OPTIONS)
  return cid
}

async function* inPieces(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let some: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of file) {
    some.push(chunk)
    bytes += chunk.length
    if (bytes < PIECE_BYTES) continue
    yield Buffer.concat(some, bytes)
    some = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(some, bytes)
}

/**
 * The blocks of a file as a CARv1, streamed, and the root, known once all of them were read. The CAR names none in its
 * header, so that a file need not be read twice: whoever takes it must be told what to pin.
 */
export function carOfFile(file: AsyncIterable<Uint8Array>): {
  car: AsyncIterable<Uint8Array>
  root: Promise<CID>
} {
  const { writer, out } = CarWriter.create([NO_ROOT])
  const store: WritableStorage = {
    put: async (cid, bytes) => {
      if (!(bytes instanceof Uint8Array))
        throw new TypeError('expected whole blocks from the importer')
      await writer.put({ cid, bytes })
      return cid
    },
  }
  // A failed import must not leave the reader waiting for blocks that never come.
  const root = importInto(store, file).finally(() => writer.close())
  root.catch(() => undefined)
  return { car: untilWhole(out, root), root }
}

/** Ends with an error where the file did, so that a receiver never takes a part for the whole. */
async function* untilWhole(
  blocks: AsyncIterable<Uint8Array>,
  root: Promise<CID>,
): AsyncGenerator<Uint8Array> {
  yield* blocks
  await root
}
