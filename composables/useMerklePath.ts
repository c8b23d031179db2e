import { hashFromHex, toHex } from '../shared/bytes.ts'
import { climb } from '../shared/merkle/index.ts'
import type { ProofBundle } from '../shared/proof/index.ts'

/** The way from a record up to the root of its batch; hashes in hex. */
export interface MerklePath {
  leafHash: string
  size: number
  root: string
  /** From the leaf upwards: the hash put beside the one so far, on which side, and what both hash to. */
  steps: { sibling: string; side: 'left' | 'right'; node: string }[]
}

function pathOf({ leaf_hash, index, path, batch }: ProofBundle): MerklePath {
  const steps = climb({
    leafHash: hashFromHex(leaf_hash),
    index,
    size: batch.size,
    path: path.map(hashFromHex),
  })
  return {
    leafHash: leaf_hash,
    size: batch.size,
    root: batch.root,
    steps: steps.map(({ sibling, side, node }) => ({
      sibling: toHex(sibling),
      side,
      node: toHex(node),
    })),
  }
}

/** Reads the path of a record out of its proof and computes every hash on it in this browser. */
export async function useMerklePath(leafHash: string) {
  const { data, error, refresh } = await useAsyncData(
    `path:${leafHash}`,
    async () => pathOf(await ask<ProofBundle>(apiPaths.proof(leafHash))),
    { deep: false },
  )
  return {
    path: computed(() => data.value ?? null),
    /** Whether what was computed is the root the batch names. */
    isRoot: computed(() => {
      const way = data.value
      return way ? (way.steps.at(-1)?.node ?? way.leafHash) === way.root : false
    }),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
