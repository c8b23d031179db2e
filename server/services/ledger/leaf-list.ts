import { hash } from 'node:crypto'
import { asHash, HASH_BYTES, toHex, type Hash } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { merkleRoot, pathAndRoot, type Sha256 } from '../../../shared/merkle/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'

/**
 * Leaf hashes of a batch in order, 32 bytes each, laid end to end: an array of 262,144 hashes would take ten times the
 * room.
 */
export type Leaves = Buffer

/** The runtime's own SHA-256: a full batch has 262,143 nodes to hash. */
const nativeSha256: Sha256 = (bytes) => asHash(hash('sha256', bytes, 'buffer'))

/** Of hashes in hex. */
export const leavesOf = (leafHashes: readonly string[]): Leaves =>
  Buffer.from(leafHashes.join(''), 'hex')

export const leafCount = (leaves: Leaves): number => leaves.length / HASH_BYTES

/** The hashes from one index up to another, or to the end, in hex: `_id`s of their records. */
export function leafIds(leaves: Leaves, from = 0, to = leafCount(leaves)): string[] {
  const end = Math.min(to, leafCount(leaves))
  return Array.from({ length: Math.max(0, end - from) }, (_, index) => {
    const at = (from + index) * HASH_BYTES
    return leaves.toString('hex', at, at + HASH_BYTES)
  })
}

function* hashesIn(leaves: Leaves): Generator<Hash> {
  for (let at = 0; at < leaves.length; at += HASH_BYTES)
    yield asHash(leaves.subarray(at, at + HASH_BYTES))
}

/** Stores the leaf hashes of a batch under their root, which it answers. */
export async function storeLeafList(
  { models }: Pick<Deps, 'models'>,
  leaves: Leaves,
): Promise<string> {
  const root = toHex(merkleRoot(hashesIn(leaves), nativeSha256))
  await insertNew(models.leafLists, [{ _id: root, leaves }])
  return root
}

/** Leaf hashes of the batch with this root. Throws `record_damaged` when the stored list is not that batch's. */
export async function loadLeafList(deps: Pick<Deps, 'models'>, root: string): Promise<Leaves> {
  const leaves = await loadBytes(deps, root)
  if (toHex(merkleRoot(hashesIn(leaves), nativeSha256)) !== root) throw otherRoot(root)
  return leaves
}

/**
 * Some leaf hashes of the batch with this root as they are stored, and how many there are in all. The root is not
 * computed: whoever shows records compares each with its hash. Throws `record_damaged`.
 */
export async function loadLeafSlice(
  deps: Pick<Deps, 'models'>,
  root: string,
  { from, limit }: { from: number; limit: number },
): Promise<{ leaves: Leaves; size: number }> {
  const bytes = await loadBytes(deps, root)
  const leaves = bytes.subarray(from * HASH_BYTES, (from + limit) * HASH_BYTES)
  return { leaves, size: leafCount(bytes) }
}

/**
 * Where a leaf stands in the batch with this root, and its inclusion path; null when it is none of its leaves. Throws
 * `record_damaged` when the stored list is not that batch's.
 */
export async function findInclusion(
  deps: Pick<Deps, 'models'>,
  root: string,
  leafHash: Hash,
): Promise<{ index: number; path: Hash[] } | null> {
  const bytes = await loadBytes(deps, root)
  const index = indexOfHash(bytes, leafHash)
  if (index === null) return null
  const found = pathAndRoot(hashesIn(bytes), index, nativeSha256)
  if (toHex(found.root) !== root) throw otherRoot(root)
  return { index, path: found.path }
}

/** Index of a hash among hashes laid end to end; what lies across two of them is no match. */
function indexOfHash(bytes: Buffer, wanted: Hash): number | null {
  let at = bytes.indexOf(wanted)
  while (at >= 0 && at % HASH_BYTES !== 0) at = bytes.indexOf(wanted, at + 1)
  return at < 0 ? null : at / HASH_BYTES
}

const otherRoot = (root: string): CodedError<'record_damaged'> =>
  new CodedError('record_damaged', `leaf list ${root}: the stored hashes do not hash to this root`)

async function loadBytes({ models }: Pick<Deps, 'models'>, root: string): Promise<Leaves> {
  const row = await models.leafLists.collection.findOne(
    { _id: root as never },
    { promoteBuffers: true },
  )
  if (!row || !(row.leaves instanceof Uint8Array)) {
    throw new CodedError(
      'record_damaged',
      `leaf list ${root}: expected in the database, found none`,
    )
  }
  const { buffer, byteOffset, byteLength } = row.leaves
  if (byteLength === 0 || byteLength % HASH_BYTES !== 0) {
    throw new CodedError(
      'record_damaged',
      `leaf list ${root}: expected hashes of ${HASH_BYTES} bytes, got ${byteLength} bytes in all`,
    )
  }
  return Buffer.from(buffer, byteOffset, byteLength)
}
