import { hashFromHex, HASH_BYTES, toHex, type Hash, asHash } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { merkleRoot } from '../../shared/merkle/index.ts'
import type { Deps } from './deps.ts'
import { insertNew } from './insert-new.ts'

/** Stores the leaf hashes (hex) of a batch in order, under their root, which it answers. */
export async function storeLeafList(
  { models }: Pick<Deps, 'models'>,
  leafHashes: readonly string[],
): Promise<string> {
  const root = toHex(merkleRoot(leafHashes.map(hashFromHex)))
  await insertNew(models.leafLists, [
    { _id: root, leaves: Buffer.from(leafHashes.join(''), 'hex') },
  ])
  return root
}

/** Leaf hashes of the batch with this root, in order. Throws `record_damaged` when the stored list is not that batch's. */
export async function loadLeafList(
  { models }: Pick<Deps, 'models'>,
  root: string,
): Promise<Hash[]> {
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
  const bytes = row.leaves
  if (bytes.length === 0 || bytes.length % HASH_BYTES !== 0) {
    throw new CodedError(
      'record_damaged',
      `leaf list ${root}: expected hashes of ${HASH_BYTES} bytes, got ${bytes.length} bytes in all`,
    )
  }
  const leaves = Array.from({ length: bytes.length / HASH_BYTES }, (_, index) =>
    asHash(bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)),
  )
  if (toHex(merkleRoot(leaves)) !== root) {
    throw new CodedError(
      'record_damaged',
      `leaf list ${root}: the stored hashes do not hash to this root`,
    )
  }
  return leaves
}
