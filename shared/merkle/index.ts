import { asHash, concat, equalBytes, HASH_BYTES, sha256, toHex, type Hash } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'

/** Merkle tree hash of RFC 6962 §2.1: domain-separated SHA-256, an odd node moves up unchanged. */

const LEAF_PREFIX = Uint8Array.of(0x00)
const NODE_PREFIX = Uint8Array.of(0x01)

/** SHA-256(0x00 ‖ bytes): the leaf hash of a record. */
export const leafHashOf = (bytes: Uint8Array): Hash => sha256(concat(LEAF_PREFIX, bytes))

const nodeHash = (left: Uint8Array, right: Uint8Array): Hash =>
  sha256(concat(NODE_PREFIX, left, right))

/** SHA-256 of bytes, which it does not keep; a server may bring a faster one than the portable default. */
export type Sha256 = (bytes: Uint8Array) => Hash

function levelAbove(level: readonly Hash[], hash: Sha256): Hash[] {
  const above: Hash[] = []
  // One buffer for all pairs of the level: making one for each costs more than the hash.
  const pair = new Uint8Array(NODE_PREFIX.length + 2 * HASH_BYTES)
  pair.set(NODE_PREFIX)
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index]
    const right = level[index + 1]
    if (left && right) {
      pair.set(left, NODE_PREFIX.length)
      pair.set(right, NODE_PREFIX.length + HASH_BYTES)
      above.push(hash(pair))
    } else if (left) above.push(left)
  }
  return above
}

function* levels(leafHashes: readonly Hash[], hash: Sha256): Generator<readonly Hash[]> {
  let level = leafHashes
  for (yield level; level.length > 1; yield level) level = levelAbove(level, hash)
}

/** Root over at least one leaf hash, in order. Throws `malformed` on an empty list: no batch is empty. */
export function merkleRoot(leafHashes: readonly Hash[], hash: Sha256 = sha256): Hash {
  let root: Hash | undefined
  for (const level of levels(leafHashes.map(asHash), hash)) root = level[0]
  if (!root) throw new CodedError('malformed', 'Merkle tree: expected at least one leaf, got none')
  return root
}

/** Inclusion path of the leaf at `index`, from the leaf upwards (RFC 6962 §2.1.1). Throws `malformed` on an index outside. */
export const inclusionPath = (leafHashes: readonly Hash[], index: number): Hash[] =>
  pathAndRoot(leafHashes, index).path

/** Inclusion path of the leaf at `index` and the root it leads to, in one pass. Throws `malformed` on an index outside. */
export function pathAndRoot(
  leafHashes: readonly Hash[],
  index: number,
  hash: Sha256 = sha256,
): { path: Hash[]; root: Hash } {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafHashes.length) {
    throw new CodedError('malformed', `index: expected 0 to ${leafHashes.length - 1}, got ${index}`)
  }
  const path: Hash[] = []
  let position = index
  let top: readonly Hash[] = []
  for (const level of levels(leafHashes.map(asHash), hash)) {
    const sibling = level[position % 2 === 0 ? position + 1 : position - 1]
    if (sibling) path.push(sibling)
    position = Math.floor(position / 2)
    top = level
  }
  const [root] = top
  if (!root) throw new Error('a tree with a leaf has a root')
  return { path, root }
}

export interface Inclusion {
  leafHash: Uint8Array
  index: number
  size: number
  path: readonly Uint8Array[]
  root: Uint8Array
}

/** One step up the tree: the hash put beside the node so far, on which side, and what both hash to. */
export interface InclusionStep {
  sibling: Hash
  side: 'left' | 'right'
  node: Hash
}

/**
 * The way from a leaf to the root its path leads to, by RFC 9162 §2.1.3.2. Throws `malformed` for wrong shapes,
 * `inclusion` where the path is not one of this place in a tree of this size.
 */
export function climb({ leafHash, index, size, path }: Omit<Inclusion, 'root'>): InclusionStep[] {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new CodedError('inclusion', `index: expected 0 to size − 1 (size ${size}), got ${index}`)
  }
  const steps: InclusionStep[] = []
  let node = asHash(leafHash)
  let position = index
  let last = size - 1
  for (const sibling of path.map(asHash)) {
    if (last === 0)
      throw new CodedError(
        'inclusion',
        `path: expected fewer than ${path.length} hashes for size ${size}`,
      )
    const side = position % 2 === 1 || position === last ? 'left' : 'right'
    if (side === 'left') {
      node = nodeHash(sibling, node)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      node = nodeHash(node, sibling)
    }
    steps.push({ sibling, side, node })
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0)
    throw new CodedError(
      'inclusion',
      `path: expected more than ${path.length} hashes for size ${size}`,
    )
  return steps
}

/**
 * Checks an inclusion proof. Returns when the leaf stands at `index` of the tree of `size` leaves with this root; throws
 * `malformed` for wrong shapes, `inclusion` when it does not.
 */
export function verifyInclusion({ root, ...place }: Inclusion): void {
  const top = climb(place).at(-1)?.node ?? asHash(place.leafHash)
  if (!equalBytes(top, asHash(root))) {
    throw new CodedError(
      'inclusion',
      `root: expected ${toHex(root)}, the path leads to ${toHex(top)}`,
    )
  }
}
