import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** A process that has ended but whose new parent has not asked for its exit code counts as ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return (
      process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
    )
  } catch {
    return false
  }
}

/**
 * Resolves when the process has ended. The system tells that of children only, so this asks again
 * and again; the test's own time limit is the bound.
 */
export async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10)
}
