import { hash } from 'node:crypto'

/** Places of types in MongoDB's order of values. */
const NULL = 5
const STRING = 15

/** MongoDB's hash of a string, or of a field that is absent, which counts as null: 64 bits of an MD5, signed. */
export function hashOfKey(value: string | null): bigint {
  const text = value === null ? null : `${value}\0`
  // A seed of zero, the type, and of a string its length and bytes, as BSON has them.
  const bytes = Buffer.alloc(text === null ? 8 : 12 + Buffer.byteLength(text))
  bytes.writeInt32LE(text === null ? NULL : STRING, 4)
  if (text !== null) {
    bytes.writeInt32LE(bytes.length - 12, 8)
    bytes.write(text, 12)
  }
  return hash('md5', bytes, 'buffer').readBigInt64LE()
}

/** The shard, from 0, that holds a hash while the whole range is divided evenly, as MongoDB divides an empty collection. */
export const shardOfHash = (hashed: bigint, shards: number): number =>
  Math.floor((Number(hashed >> 32n) / 2 ** 32 + 0.5) * shards)
