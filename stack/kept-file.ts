import { readFile } from 'node:fs/promises'
import { keepFile } from '../cli/keep-file.ts'
import { parseJson } from '../shared/json.ts'

const OWNER_ONLY = 0o600

/** Replaces a file by new text as `keepFile` does, readable by its owner only. */
export const keepPrivate = (path: string, text: string): Promise<void> =>
  keepFile(path, text, OWNER_ONLY)

/** The JSON value of a kept file, undefined where there is none yet; throws naming the file when it is no JSON. */
export async function readKept(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return parseJson(text)
  } catch (cause) {
    throw new Error(`${path}: expected JSON`, { cause })
  }
}
