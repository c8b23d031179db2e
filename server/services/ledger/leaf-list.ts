import { hash } from 'node:crypto'
import { asHash, HASH_BYTES, toHex, type Hash } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { merkleRoot, pathAndRoot, type Sha256 } from '../../../shared/merkle/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'

/** The runtime's own SHA-256: a full batch has 262,143 nodes to hash. */
const nativeSha256: Sha256 = (bytes) => asHash(hash('sha256', bytes, 'buffer'))

/** Stores the leaf hashes (hex) of a batch in order, under their root, which it answers. */
export async function storeLeafList(
  { models }: Pick<Deps, 'models'>,
  leafHashes: readonly string[],
): Promise<string> {
  // Views of one buffer: a buffer for each of 262,144 hashes would take several times the room.
  const leaves = Buffer.from(leafHashes.join(''), 'hex')
  const root = toHex(merkleRoot(hashesIn(leaves), nativeSha256))
  await insertNew(models.leafLists, [{ _id: root, leaves }])
  return root
}

/** Leaf hashes of the batch with this root, in order. Throws `record_damaged` when the stored list is not that batch's. */
export async function loadLeafList(deps: Pick<Deps, 'models'>, root: string): Promise<Hash[]> {
  const leaves = hashesIn(await loadBytes(deps, root))
  if (toHex(merkleRoot(leaves, nativeSha256)) !== root) throw otherRoot(root)
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
): Promise<{ leaves: Hash[]; size: number }> {
  const bytes = await loadBytes(deps, root)
  const slice = bytes.subarray(from * HASH_BYTES, (from + limit) * HASH_BYTES)
  return { leaves: hashesIn(slice), size: bytes.length / HASH_BYTES }
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

const hashesIn = (bytes: Uint8Array): Hash[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, index) =>
    asHash(bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)),
  )

const otherRoot = (root: string): CodedError<'record_damaged'> =>
  new CodedError('record_damaged', `leaf list ${root}: the stored hashes do not hash to this root`)

async function loadBytes({ models }: Pick<Deps, 'models'>, root: string): Promise<Buffer> {
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
