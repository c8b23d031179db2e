import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const RETRY_MS = 50

interface LockTerms {
  /** Script that the command line of a living holder names. */
  program: string
  /** How long a living holder is waited for. */
  waitMs: number
  /** What is said when it still has not given it back. */
  refusal: (holder: number) => string
}

/**
 * Takes something for this process by a file with its process id, and returns how to give it back. A holder that died without
 * giving it back is passed over, and so is, after the wait, a file that names none. Throws when a living process keeps it.
 */
export async function takeLock(
  file: string,
  { program, waitMs, refusal }: LockTerms,
): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + waitMs
  while (!(await create(file))) {
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    const isOver = performance.now() >= giveUpAt
    if (holder > 0 ? !(await isHolder(holder, program)) : isOver) await rm(file, { force: true })
    else if (isOver) throw new Error(refusal(holder))
    else await delay(RETRY_MS)
  }
  return () => rm(file, { force: true })
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Where the system tells command lines, a process that merely got the same id later is not taken for the holder. */
async function isHolder(pid: number, program: string): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return commandLine === undefined || commandLine.includes(program)
}
