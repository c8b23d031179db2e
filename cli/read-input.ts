import { createReadStream } from 'node:fs'
import { concat } from '../shared/bytes.ts'
import { CliError } from './cli-error.ts'

/** Far above any file a command takes, far below what would fill the memory. */
const MAX_INPUT_BYTES = 64 * 1024 * 1024

/** The bytes of a file, or of `stdin` where the file is `-`. Throws `unreadable`. */
export async function readInput(
  file: string,
  stdin?: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    const source: AsyncIterable<Uint8Array> = file === '-' && stdin ? stdin : createReadStream(file)
    for await (const chunk of source) {
      size += chunk.length
      if (size > MAX_INPUT_BYTES) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw new CliError(
      'unreadable',
      `${file}: expected a file that can be read, got ${reasonOf(cause)}`,
      { cause },
    )
  }
  if (size > MAX_INPUT_BYTES) {
    throw new CliError('unreadable', `${file}: expected at most ${MAX_INPUT_BYTES} bytes, got more`)
  }
  return concat(...chunks)
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error'
  switch (code) {
    case 'ENOENT':
      return 'no such file'
    case 'EISDIR':
      return 'a folder'
    case 'EACCES':
      return 'no permission'
    default:
      return code
  }
}
