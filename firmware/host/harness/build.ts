import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** The firmware's core as this machine's C compiler builds it. */

const ROOT = new URL('../../../', import.meta.url)
const HOST = fileURLToPath(new URL('firmware/host/', ROOT))

const runs = (command: string) => spawnSync(command, ['--version']).status === 0

/** What is missing to build the core, as a sentence; null when nothing is. */
export const missingTools = (): string | null =>
  runs('cc') && runs('make')
    ? null
    : 'the firmware is tested as C compiled for this machine: install a C compiler and make (Debian: apt install gcc make; macOS: xcode-select --install)'

/** Builds one target of firmware/host/Makefile into a folder of its own; gives the program's path, or throws what the compiler said. */
export function buildHost(target: string): string {
  const missing = missingTools()
  if (missing) throw new Error(missing)
  const out = fileURLToPath(new URL(`.data/firmware/${target}/`, ROOT))
  const made = spawnSync('make', ['-s', '-C', HOST, `OUT=${out}`, target], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`make ${target}: ${made.stderr}`)
  return `${out}${target}`
}
