import { asHash, concat, equalBytes, sha256, toHex, type Hash } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'

/** Merkle tree hash of RFC 6962 §2.1: domain-separated SHA-256, an odd node moves up unchanged. */

const LEAF_PREFIX = Uint8Array.of(0x00)
const NODE_PREFIX = Uint8Array.of(0x01)

/** SHA-256(0x00 ‖ bytes): the leaf hash of a record. */
export const leafHashOf = (bytes: Uint8Array): Hash => sha256(concat(LEAF_PREFIX, bytes))

const nodeHash = (left: Uint8Array, right: Uint8Array): Hash =>
  sha256(concat(NODE_PREFIX, left, right))

function levelAbove(level: readonly Hash[]): Hash[] {
  const above: Hash[] = []
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index]
    const right = level[index + 1]
    if (left) above.push(right ? nodeHash(left, right) : left)
  }
  return above
}

function* levels(leafHashes: readonly Hash[]): Generator<readonly Hash[]> {
  let level = leafHashes
  for (yield level; level.length > 1; yield level) level = levelAbove(level)
}

/** Root over at least one leaf hash, in order. Throws `malformed` on an empty list: no batch is empty. */
export function merkleRoot(leafHashes: readonly Hash[]): Hash {
  let root: Hash | undefined
  for (const level of levels(leafHashes.map(asHash))) root = level[0]
  if (!root) throw new CodedError('malformed', 'Merkle tree: expected at least one leaf, got none')
  return root
}

/** Inclusion path of the leaf at `index`, from the leaf upwards (RFC 6962 §2.1.1). Throws `malformed` on an index outside. */
export function inclusionPath(leafHashes: readonly Hash[], index: number): Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafHashes.length) {
    throw new CodedError('malformed', `index: expected 0 to ${leafHashes.length - 1}, got ${index}`)
  }
  const path: Hash[] = []
  let position = index
  for (const level of levels(leafHashes.map(asHash))) {
    const sibling = level[position % 2 === 0 ? position + 1 : position - 1]
    if (sibling) path.push(sibling)
    position = Math.floor(position / 2)
  }
  return path
}

export interface Inclusion {
  leafHash: Uint8Array
  index: number
  size: number
  path: readonly Uint8Array[]
  root: Uint8Array
}

/**
 * Checks an inclusion proof by RFC 9162 §2.1.3.2. Returns when the leaf stands at `index` of the tree of `size` leaves
 * with this root; throws `malformed` for wrong shapes, `inclusion` when it does not.
 */
export function verifyInclusion({ leafHash, index, size, path, root }: Inclusion): void {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new CodedError('inclusion', `index: expected 0 to size − 1 (size ${size}), got ${index}`)
  }
  let node = asHash(leafHash)
  let position = index
  let last = size - 1
  for (const sibling of path.map(asHash)) {
    if (last === 0)
      throw new CodedError(
        'inclusion',
        `path: expected fewer than ${path.length} hashes for size ${size}`,
      )
    if (position % 2 === 1 || position === last) {
      node = nodeHash(sibling, node)
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2)
        last = Math.floor(last / 2)
      }
    } else {
      node = nodeHash(node, sibling)
    }
    position = Math.floor(position / 2)
    last = Math.floor(last / 2)
  }
  if (last !== 0)
    throw new CodedError(
      'inclusion',
      `path: expected more than ${path.length} hashes for size ${size}`,
    )
  if (!equalBytes(node, asHash(root))) {
    throw new CodedError(
      'inclusion',
      `root: expected ${toHex(root)}, the path leads to ${toHex(node)}`,
    )
  }
}
