import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseJson } from '../shared/json.ts'

const OWNER_ONLY = 0o600

/**
 * Replaces a file by new text, all or nothing: whenever the machine stops, the old or the new text is there, and
 * the new one once this resolves. Readable by its owner only.
 */
export async function keepFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'w', OWNER_ONLY)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

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
