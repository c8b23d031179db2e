import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from 'multiformats/cid'
import { syncFolder, syncName, writeDurably } from './durable.ts'

/** The pinned roots: one empty file each, named by the CID, durable when a call returns. */
export interface Pins {
  add(cid: CID): Promise<void>
  /** Whether there was such a pin. */
  remove(cid: CID): Promise<boolean>
  has(cid: CID): Promise<boolean>
  list(): Promise<string[]>
}

export async function openPins(dir: string): Promise<Pins> {
  await mkdir(dir, { recursive: true })
  await syncName(dir)
  const has = (cid: CID): Promise<boolean> =>
    stat(join(dir, cid.toString())).then(
      () => true,
      () => false,
    )
  return {
    has,
    async add(cid) {
      await writeDurably(join(dir, cid.toString()), new Uint8Array())
      await syncFolder(dir)
    },
    async remove(cid) {
      if (!(await has(cid))) return false
      await rm(join(dir, cid.toString()))
      await syncFolder(dir)
      return true
    },
    async list() {
      // A name with a dot is a pin that was being written when the process was killed.
      return (await readdir(dir)).filter((name) => !name.includes('.')).sort()
    },
  }
}
