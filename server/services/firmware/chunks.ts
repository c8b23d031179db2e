import { MAX_IMAGE_BYTES } from '../../../shared/device-message/index.ts'

/** How an image is cut: whole chunks but for the last one. */

export const CHUNK_BYTES = 64 * 1024
const NUMBER_DIGITS = String(Math.ceil(MAX_IMAGE_BYTES / CHUNK_BYTES)).length + 1

export const chunkId = (sha256: string, number: number): string =>
  `${sha256}/${String(number).padStart(NUMBER_DIGITS, '0')}`

export const chunkCount = (size: number): number => Math.ceil(size / CHUNK_BYTES)

/** All chunks of an image; `0` follows `/`. */
export const chunksOf = (sha256: string) => ({ _id: { $gt: `${sha256}/`, $lt: `${sha256}0` } })
