import { open, readFile, rename } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'

/** The members without which anvil does not continue a chain. */
const chainState = z.looseObject({
  best_block_number: z.union([z.number(), z.string()]),
  accounts: z.looseObject({}),
  blocks: z.array(z.unknown()),
  transactions: z.array(z.unknown()),
})

export interface StateFiles {
  newest: string
  /** The copy before the newest, for when the newest turns out unreadable. */
  previous: string
}

/** Where a chain's state is kept. The chain id is in the name: the state itself does not tell it. */
export function stateFiles(dir: string, chainId: number): StateFiles {
  return {
    newest: resolve(dir, `${chainId}.state.json`),
    previous: resolve(dir, `${chainId}.state.previous.json`),
  }
}

/**
 * Keeps a state durably. At every instant one of the two files is complete, whatever is killed when:
 * the new one is written aside and flushed before it takes the place of the old.
 */
export async function saveState(files: StateFiles, state: Uint8Array): Promise<void> {
  const aside = `${files.newest}.new`
  const handle = await open(aside, 'w')
  try {
    await handle.writeFile(state)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(files.newest, files.previous).catch(ignoreAbsence)
  await rename(aside, files.newest)
}

/**
 * The file to continue from: the newest that is whole, or undefined for a new chain. `complain` is told of a file passed over.
 * Throws where files exist and none is whole: a new chain must not silently take the place of a damaged one.
 */
export async function wholeState(
  files: StateFiles,
  complain: (sentence: string) => void,
): Promise<string | undefined> {
  const problems: string[] = []
  for (const file of [files.newest, files.previous]) {
    try {
      chainState.parse(JSON.parse(await readFile(file, 'utf8')))
      for (const problem of problems) complain(`${problem}; continuing from ${file}`)
      return file
    } catch (error) {
      if (!isAbsence(error))
        problems.push(`${file}: expected the state of a chain, got an unreadable file`)
    }
  }
  if (problems.length > 0)
    throw new Error(`${problems.join('; ')}; move it away to begin a new chain`)
  return undefined
}

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

function ignoreAbsence(error: unknown): void {
  if (!isAbsence(error)) throw error
}
