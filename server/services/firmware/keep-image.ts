import { sha256, toHex } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { FirmwareImage } from '../../../shared/api/firmware.ts'
import type { Deps } from '../deps.ts'
import { CHUNK_BYTES, chunkCount, chunkId, chunksOf } from './chunks.ts'

/** An image that no manifest names goes after this. */
const WAITS_MS = 86_400_000

/**
 * Stores an image under its hash, the row that says so last; cut short or repeated, the same comes of it. Throws `malformed`
 * where the bytes have another hash, or are none.
 */
export async function keepImage(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  digest: string,
  image: Uint8Array,
): Promise<FirmwareImage> {
  const got = toHex(sha256(image))
  if (got !== digest || image.length === 0)
    throw new CodedError(
      'malformed',
      `image: expected bytes with the SHA-256 ${digest}, got ${got}`,
    )
  const expires_at = new Date(clock.now().getTime() + WAITS_MS)
  // What waits already waits anew; what a manifest names stays.
  const waiting = { expires_at: { $ne: null } }
  await models.firmwareChunks.updateMany(
    { ...chunksOf(digest), ...waiting },
    { $set: { expires_at } },
  )
  await models.firmwareImages.updateOne({ _id: digest, ...waiting }, { $set: { expires_at } })
  for (let number = 0; number < chunkCount(image.length); number += 1) {
    const bytes = Buffer.from(image.subarray(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES))
    await models.firmwareChunks.updateOne(
      { _id: chunkId(digest, number) },
      { $set: { bytes }, $setOnInsert: { expires_at } },
      { upsert: true },
    )
  }
  await models.firmwareImages.updateOne(
    { _id: digest },
    { $set: { size: image.length }, $setOnInsert: { expires_at } },
    { upsert: true },
  )
  return { sha256: digest, size: image.length }
}
