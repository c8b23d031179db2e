import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { CHUNK_BYTES, chunkId } from './chunks.ts'

type Store = Pick<Deps, 'models'>

/** Bytes of an image, in order and as few chunks at a time as can be; `end` is the first byte no longer wanted. */
export type ReadImage = (start: number, end: number) => AsyncIterable<Uint8Array>

/** An image by its hash. Throws `not_found`. */
export async function openImage(
  { models }: Store,
  sha256: string,
): Promise<{ size: number; read: ReadImage }> {
  const image = await models.firmwareImages.findOne({ _id: sha256 }).lean()
  if (!image) throw new CodedError('not_found', `image: expected one of this portal, got ${sha256}`)
  return { size: image.size, read: (start, end) => readImage({ models }, sha256, start, end) }
}

async function* readImage(
  { models }: Store,
  sha256: string,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end;) {
    const number = Math.floor(at / CHUNK_BYTES)
    const chunk = await models.firmwareChunks.findOne({ _id: chunkId(sha256, number) })
    if (!chunk) throw new Error(`image ${sha256}: expected chunk ${number}, got none`)
    const from = number * CHUNK_BYTES
    yield chunk.bytes.subarray(at - from, end - from)
    at = from + CHUNK_BYTES
  }
}
