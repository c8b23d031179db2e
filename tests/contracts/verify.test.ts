import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { areaIdBytes32 } from '../../shared/area.ts'
import { hashFromHex, sha256, toHex, utf8, type Hash } from '../../shared/bytes.ts'
import { inclusionPath, merkleRoot } from '../../shared/merkle/index.ts'
import merkle from '../vectors/merkle.json' with { type: 'json' }
import { cidOf, startLedger, ZERO_ROOT, type Ledger, type NewAnchor } from './ledger.ts'

const LARGEST_TREE = 40
const hex = (hash: Uint8Array): string => `0x${toHex(hash)}`

let ledger: Ledger
beforeAll(async () => void (ledger = await startLedger()))
afterAll(() => ledger.stop())

/** Anchors one batch per tree in a row of the area, all in one call. */
async function anchorTrees(area: string, trees: { root: string; size: number }[]): Promise<void> {
  let previousRoot = ZERO_ROOT
  const batches = trees.map(({ root, size }): NewAnchor => {
    const batch = { areaId: areaIdBytes32(area), previousRoot, root, size, cid: cidOf(root) }
    previousRoot = root
    return batch
  })
  await ledger.anchor(...batches)
}

const verify = (
  area: string,
  number: number,
  leaf: Uint8Array,
  index: bigint | number,
  path: Uint8Array[],
) => ledger.call('verify', areaIdBytes32(area), number, hex(leaf), index, path.map(hex))

describe('verify', () => {
  it('proves every leaf of the vector batch by the path of the vectors', async () => {
    await anchorTrees('in-br-patna', [{ root: `0x${merkle.root}`, size: merkle.leaves.length }])
    for (const [index, leaf] of merkle.leaves.entries()) {
      const path = (merkle.paths[index] ?? []).map(hashFromHex)
      expect(await verify('in-br-patna', 1, hashFromHex(leaf), index, path)).toBe(true)
    }
  })

  it('proves every index of the trees of 1 to 40 leaves, and no index, leaf or path beside it', async () => {
    const leaves = Array.from({ length: LARGEST_TREE + 1 }, (_, index) =>
      sha256(utf8(`leaf ${index}`)),
    )
    const trees = Array.from({ length: LARGEST_TREE }, (_, index) => leaves.slice(0, index + 1))
    await anchorTrees(
      'trees',
      trees.map((tree) => ({ root: hex(merkleRoot(tree)), size: tree.length })),
    )

    const cases = trees.flatMap((tree) => tree.map((leaf, index) => ({ tree, leaf, index })))
    await Promise.all(
      cases.map(async ({ tree, leaf, index }) => {
        const size = tree.length
        const path = inclusionPath(tree, index)
        const other: Hash = leaves[index + 1] ?? leaf
        const answers = await Promise.all([
          verify('trees', size, leaf, index, path),
          verify('trees', size, other, index, path),
          verify('trees', size, leaf, index + 1, path),
          verify('trees', size, leaf, index, [...path, other]),
          verify('trees', size, leaf, index, [leaf, ...path.slice(1)]),
        ])
        expect(answers, `index ${index} of ${size}`).toEqual([true, false, false, false, false])
        if (path.length > 0)
          expect(await verify('trees', size, leaf, index, path.slice(0, -1))).toBe(false)
      }),
    )
  })

  it('does not take an inner node for a leaf at its place in the smaller tree', async () => {
    const leaves = [0, 1, 2, 3].map((index) => sha256(utf8(`inner ${index}`)))
    await anchorTrees('inner', [{ root: hex(merkleRoot(leaves)), size: 4 }])
    const left = merkleRoot(leaves.slice(0, 2))
    const right = merkleRoot(leaves.slice(2))
    expect(await verify('inner', 1, left, 0, [right])).toBe(false)
  })

  it('answers false for an unknown batch, an unknown area and an index past the end', async () => {
    const leaf = sha256(utf8('lone'))
    await anchorTrees('lone', [{ root: hex(leaf), size: 1 }])
    expect(await verify('lone', 1, leaf, 0, [])).toBe(true)
    expect(await verify('lone', 0, leaf, 0, [])).toBe(false)
    expect(await verify('lone', 2, leaf, 0, [])).toBe(false)
    expect(await verify('lonely', 1, leaf, 0, [])).toBe(false)
    for (const index of [1n, 2n ** 32n, 2n ** 256n - 1n])
      expect(await verify('lone', 1, leaf, index, [])).toBe(false)
  })
})
