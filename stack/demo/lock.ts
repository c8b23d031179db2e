import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Takes a data folder for this process and returns how to give it back. Throws when a living process holds it; a
 * lock left behind by a dead one is taken over.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'demo.lock')
  if (!(await create(path))) {
    const holder = Number(await readFile(path, 'utf8'))
    if (Number.isInteger(holder) && holder > 0 && (await isHolder(holder))) {
      throw new Error(
        `${folder}: expected a data folder not in use, process ${holder} is running the demo in it; ` +
          `stop that one or use another --data`,
      )
    }
    await rm(path, { force: true })
    if (!(await create(path))) {
      throw new Error(`${folder}: another process took this data folder just now`)
    }
  }
  return () => rm(path, { force: true })
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Where the system tells command lines, a process that merely got the same id later is not taken for the holder. */
async function isHolder(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM: not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return commandLine === undefined || commandLine.includes('stack/demo/main.ts')
}
