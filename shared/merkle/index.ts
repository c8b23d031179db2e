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

/** A whole subtree: its hash, the leaf it begins with, and how many leaves it has. */
interface Subtree {
  node: Hash
  first: number
  leaves: number
}

/**
 * The one subtree over all leaves, which may come one by one: whole subtrees stand largest first, and two of one size
 * become one (the tree of RFC 9162 §2.1.2, in room for its height). `visit` sees each pair that is joined.
 */
function treeOver(
  leafHashes: Iterable<Uint8Array>,
  hash: Sha256,
  visit: (left: Subtree, right: Subtree) => void = () => undefined,
): Subtree {
  const standing: Subtree[] = []
  // One buffer for all pairs: making one for each costs more than the hash.
  const pair = new Uint8Array(NODE_PREFIX.length + 2 * HASH_BYTES)
  pair.set(NODE_PREFIX)
  const join = (left: Subtree, right: Subtree): Subtree => {
    visit(left, right)
    pair.set(left.node, NODE_PREFIX.length)
    pair.set(right.node, NODE_PREFIX.length + HASH_BYTES)
    return { node: hash(pair), first: left.first, leaves: left.leaves + right.leaves }
  }
  let first = 0
  for (const leafHash of leafHashes) {
    let tree: Subtree = { node: asHash(leafHash), first, leaves: 1 }
    for (let left = standing.at(-1); left?.leaves === tree.leaves; left = standing.at(-1)) {
      standing.pop()
      tree = join(left, tree)
    }
    standing.push(tree)
    first += 1
  }
  if (standing.length === 0)
    throw new CodedError('malformed', 'Merkle tree: expected at least one leaf, got none')
  return standing.reduceRight((right, left) => join(left, right))
}

/** Root over at least one leaf hash, in order. Throws `malformed` where there is none: no batch is empty. */
export const merkleRoot = (leafHashes: Iterable<Uint8Array>, hash: Sha256 = sha256): Hash =>
  treeOver(leafHashes, hash).node

/** Inclusion path of the leaf at `index`, from the leaf upwards (RFC 6962 §2.1.1). Throws `malformed` on an index outside. */
export const inclusionPath = (leafHashes: Iterable<Uint8Array>, index: number): Hash[] =>
  pathAndRoot(leafHashes, index).path

/** Inclusion path of the leaf at `index` and the root it leads to, in one pass. Throws `malformed` on an index outside. */
export function pathAndRoot(
  leafHashes: Iterable<Uint8Array>,
  index: number,
  hash: Sha256 = sha256,
): { path: Hash[]; root: Hash } {
  const path: Hash[] = []
  const holdsLeaf = ({ first, leaves }: Subtree) => index >= first && index < first + leaves
  const { node, leaves } = treeOver(leafHashes, hash, (left, right) => {
    if (holdsLeaf(left)) path.push(right.node)
    else if (holdsLeaf(right)) path.push(left.node)
  })
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves) {
    throw new CodedError('malformed', `index: expected 0 to ${leaves - 1}, got ${index}`)
  }
  return { path, root: node }
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
