import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const WAIT_MS = 10_000
const RETRY_MS = 50

/**
 * Takes a folder for this process by a file with its process id. A holder that is still alive, for instance one that is
 * saving after its parent was killed, is waited for; one that died without giving it back is passed over.
 * Returns the function that gives it back. Throws after 10 s.
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + WAIT_MS
  for (;;) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    if (holder > 0 && !(await isHolder(holder))) await rm(file, { force: true })
    else if (performance.now() > giveUpAt) {
      throw new Error(`${file}: expected a free folder, got one in use by process ${holder}`)
    } else await delay(RETRY_MS)
  }
}

/** Where the system tells command lines, a process that merely got the same id later is not taken for the holder. */
async function isHolder(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return commandLine === undefined || commandLine.includes('stack/chain/child.ts')
}
