import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { MerkleTree } from 'merkletreejs'
import { describe, expect, it } from 'vitest'
import { asHash, fromHex, hashFromHex, toHex, utf8, type Hash } from '../../../shared/bytes.ts'
import {
  inclusionPath,
  leafHashOf,
  merkleRoot,
  pathAndRoot,
  verifyInclusion,
} from '../../../shared/merkle/index.ts'
import vectors from '../../vectors/merkle.json' with { type: 'json' }
import { refusal } from './refusal.ts'

const leavesOf = (size: number): Hash[] =>
  Array.from({ length: size }, (_, index) => leafHashOf(Uint8Array.of(index >> 8, index & 0xff)))

const rootHex = (leaves: readonly Hash[]) => toHex(merkleRoot(leaves))

/** The tree of merkletreejs with the node hash of RFC 6962. */
const oracle = (leaves: readonly Hash[]) =>
  new MerkleTree(
    leaves.map((leaf) => Buffer.from(leaf)),
    (pair: Buffer) => createHash('sha256').update(Uint8Array.of(1)).update(pair).digest(),
    { hashLeaves: false },
  )

describe('the vectors', () => {
  const leaves = vectors.leaves.map(hashFromHex)

  it('have the root of their leaves', () => {
    expect(rootHex(leaves)).toBe(vectors.root)
  })

  it.each(Object.entries(vectors.roots_of_first_n))(
    'have the root of their first %s leaves',
    (n, root) => {
      expect(rootHex(leaves.slice(0, Number(n)))).toBe(root)
    },
  )

  it.each(Object.entries(vectors.numbered_leaves.roots))(
    'have the root of %s numbered leaves',
    (n, root) => {
      expect(rootHex(leavesOf(Number(n)))).toBe(root)
    },
  )

  it.each(vectors.paths.map((path, index) => ({ path, index })))(
    'have the path of leaf $index',
    ({ path, index }) => {
      expect(inclusionPath(leaves, index).map(toHex)).toEqual(path)
    },
  )
})

describe('the tree of RFC 6962', () => {
  const inputs = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
  const leaves = inputs.map((input) => leafHashOf(fromHex(input)))

  it.each([
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('has the root of Certificate Transparency for its first %i test inputs', (size, root) => {
    expect(rootHex(leaves.slice(0, size))).toBe(root)
  })

  it('gives the path of Certificate Transparency for the first of eight', () => {
    expect(inclusionPath(leaves, 0).map(toHex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
  })

  it('gives path and root at once, by any SHA-256', () => {
    const native = (bytes: Uint8Array) => asHash(createHash('sha256').update(bytes).digest())
    for (const size of [1, 2, 3, 5, 8]) {
      const some = leaves.slice(0, size)
      for (const index of some.keys()) {
        const { path, root } = pathAndRoot(some, index, native)
        expect(path.map(toHex)).toEqual(inclusionPath(some, index).map(toHex))
        expect(toHex(root)).toBe(rootHex(some))
      }
      expect(toHex(merkleRoot(some, native))).toBe(rootHex(some))
    }
  })

  it('has no root without leaves, and no path beside its leaves', () => {
    expect(refusal(() => merkleRoot([]))).toBe('malformed')
    for (const index of [-1, 8, 0.5, Number.NaN]) {
      expect(refusal(() => inclusionPath(leaves, index))).toBe('malformed')
    }
  })
})

describe('against merkletreejs', () => {
  const small = Array.from({ length: 70 }, (_, index) => index + 1)

  it.each([...small, 1000, 4097])('has the same root and paths for %i leaves', (size) => {
    const leaves = leavesOf(size)
    const tree = oracle(leaves)
    expect(rootHex(leaves)).toBe(tree.getRoot().toString('hex'))
    const indexes = size <= 70 ? leaves.keys() : [0, 1, size >> 1, size - 2, size - 1]
    for (const index of indexes) {
      const path = tree
        .getProof(Buffer.from(leaves[index] ?? []), index)
        .map(({ data }) => toHex(data))
      expect(inclusionPath(leaves, index).map(toHex)).toEqual(path)
    }
  })
})

describe('verifyInclusion', () => {
  const proofs = Array.from({ length: 70 }, (_, before) => {
    const leaves = leavesOf(before + 1)
    const root = merkleRoot(leaves)
    return leaves.map((leafHash, index) => {
      return { leafHash, index, size: leaves.length, path: inclusionPath(leaves, index), root }
    })
  }).flat()

  it('proves every leaf of every tree of 1 to 70', () => {
    for (const proof of proofs) expect(refusal(() => verifyInclusion(proof))).toBeUndefined()
  })

  it('refuses every other index of every tree of 1 to 20', () => {
    for (const proof of proofs.filter(({ size }) => size <= 20)) {
      for (let index = -1; index <= proof.size; index += 1) {
        if (index === proof.index) continue
        expect(refusal(() => verifyInclusion({ ...proof, index }))).toBe('inclusion')
      }
    }
  })

  const anyProof = fc.constantFrom(...proofs)
  const someHash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(asHash)
  const refused = (
    change: (proof: (typeof proofs)[number]) => Parameters<typeof verifyInclusion>[0],
  ) =>
    fc.assert(
      fc.property(anyProof, (proof) => {
        expect(refusal(() => verifyInclusion(change(proof)))).toBe('inclusion')
      }),
    )

  it('refuses a missing hash', () =>
    fc.assert(
      fc.property(anyProof, fc.nat(), (proof, seed) => {
        fc.pre(proof.path.length > 0)
        const path = proof.path.toSpliced(seed % proof.path.length, 1)
        expect(refusal(() => verifyInclusion({ ...proof, path }))).toBe('inclusion')
      }),
    ))

  it('refuses an extra hash anywhere', () =>
    fc.assert(
      fc.property(anyProof, someHash, fc.nat(), (proof, extra, seed) => {
        const path = proof.path.toSpliced(seed % (proof.path.length + 1), 0, extra)
        expect(refusal(() => verifyInclusion({ ...proof, path }))).toBe('inclusion')
      }),
    ))

  it('refuses another root, another leaf, and sizes that are none', () => {
    refused((proof) => ({ ...proof, root: leafHashOf(proof.root) }))
    refused((proof) => ({ ...proof, leafHash: leafHashOf(proof.leafHash) }))
    for (const size of [0, -1, 1.5, Number.NaN, 2 ** 53]) refused((proof) => ({ ...proof, size }))
  })

  it('refuses another size wherever it gives the path another shape', () => {
    const [proof] = proofs.filter(({ size, index }) => size === 7 && index === 6)
    expect(proof?.path).toHaveLength(2)
    for (const size of [8, 9, 15, 16, 64]) {
      expect(refusal(() => proof && verifyInclusion({ ...proof, size }))).toBe('inclusion')
    }
  })

  it('refuses hashes of another length', () => {
    const [proof] = proofs
    const short = utf8('short')
    expect(refusal(() => proof && verifyInclusion({ ...proof, leafHash: short }))).toBe('malformed')
    expect(refusal(() => proof && verifyInclusion({ ...proof, root: short }))).toBe('malformed')
    expect(refusal(() => proof && verifyInclusion({ ...proof, path: [short] }))).toBe('malformed')
  })
})
