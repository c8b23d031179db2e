import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeptBlocks } from '../../shared/verification/index.ts'

/**
 * IPFS blocks in a folder, each under its CID; a batch file up to 1 MiB is one block. A block is written whole or not at
 * all, and several audits may share a folder. Nothing in it is trusted: whoever asks checks what comes.
 */
export async function keptBlocksIn(folder: string): Promise<KeptBlocks> {
  await mkdir(folder, { recursive: true })
  return {
    async get(cid) {
      try {
        return new Uint8Array(await readFile(join(folder, cid)))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
        throw error
      }
    },
    async put(cid, block) {
      const unfinished = join(folder, `${cid}.${randomUUID()}.part`)
      await writeFile(unfinished, block)
      await rename(unfinished, join(folder, cid))
    },
  }
}
