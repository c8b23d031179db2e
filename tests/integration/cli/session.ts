import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { compileCache } from '../../compile-cache.ts'

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))

export interface Session {
  stdout: string
  stderr: string
  code: number | null
}

/** Types `gridwitness <args>` and returns what the terminal shows, and the exit code. */
export async function gridwitness(
  args: readonly string[],
  { stdin = '', env = {} }: { stdin?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Session> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'], ...compileCache(), ...env },
  })
  // A command that does not read its input may have ended before all of it is written.
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  const closed = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  )
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed])
  return { stdout, stderr, code }
}
