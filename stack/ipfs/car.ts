import { CarWriter } from '@ipld/car'
import { asyncIterableReader, readBlockHead, readHeader } from '@ipld/car/decoder'
import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'
import type { Blocks } from './blocks.ts'
import { RpcError } from './errors.ts'

/** Kubo's limit for a block, so that nothing is built here that it would refuse. */
const BLOCK_LIMIT_BYTES = 1_048_576
/** UnixFS wraps a 1 MiB chunk in a few bytes when leaves are not raw. */
const BLOCK_SLACK_BYTES = 1_024
const CAR_HEADER_LIMIT_BYTES = 65_536

/**
 * Stores the blocks of a CARv1 stream, each checked against its CID, and flushes them. Returns the
 * roots named by its header, which may be absent from it. Holds one block at a time. Throws RpcError
 * at the first that does not match. Source: ipld.io/specs/transport/car/carv1.
 */
export async function importCar(source: AsyncIterable<Uint8Array>, blocks: Blocks): Promise<CID[]> {
  const reader = asyncIterableReader(source)
  const start = await reader.upTo(8)
  if (start.length === 0) throw new RpcError('CAR: expected a header, got nothing')
  const [headerBytes] = varint.decode(start)
  if (headerBytes > CAR_HEADER_LIMIT_BYTES) {
    throw new RpcError(
      `CAR header: expected at most ${CAR_HEADER_LIMIT_BYTES} bytes, got ${headerBytes}`,
    )
  }
  const { roots } = await readHeader(reader, 1)
  const imported = blocks.beginImport()
  while ((await reader.upTo(8)).length > 0) {
    const { cid, blockLength } = await readBlockHead(reader)
    if (blockLength < 0 || blockLength > BLOCK_LIMIT_BYTES + BLOCK_SLACK_BYTES) {
      throw new RpcError(
        `block ${cid}: expected at most ${BLOCK_LIMIT_BYTES + BLOCK_SLACK_BYTES} bytes, got ${blockLength}`,
      )
    }
    await imported.put(cid, await reader.exactly(blockLength, true))
  }
  await imported.flush()
  return roots.map((root) => CID.decode(root.bytes))
}

/** The DAG below a root as a CARv1 stream, parents first. Throws RpcError at a block not here. */
export async function* exportCar(root: CID, blocks: Blocks): AsyncGenerator<Uint8Array> {
  const { writer, out } = CarWriter.create([root])
  void writer.close()
  yield* out
  for await (const cid of blocks.walk(root)) {
    const bytes = await blocks.get(cid)
    const length = cid.bytes.length + bytes.length
    yield varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)))
    yield cid.bytes
    yield bytes
  }
}
