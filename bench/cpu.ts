import { readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { tell } from './tell.ts'

/** CPU time of a process in ms: of its main thread, and of all others. */
interface Cpu {
  main: number
  others: number
}

const MS_PER_TICK = 10
const MICROSECONDS_PER_MS = 1000
/** Place of utime and stime behind the command's name, proc(5). */
const [UTIME, STIME] = [11, 12] as const

/** Null where the system does not tell (it is not Linux). */
export function cpuOf(pid: number): Cpu | null {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((id) => ({ id, ms: cpuOfThread(pid, id) }))
    const main = threads.find(({ id }) => id === String(pid))?.ms ?? 0
    return { main, others: threads.reduce((sum, { ms }) => sum + ms, -main) }
  } catch {
    return null
  }
}

function cpuOfThread(pid: number, id: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return MS_PER_TICK * (Number(fields[UTIME]) + Number(fields[STIME]))
}

/** Microseconds of CPU the portal took for each: on a machine that others use too, this says more than a rate. */
export function tellCpu(
  name: string,
  { before, after, items }: { before: Cpu | null; after: Cpu | null; items: number },
): void {
  if (!before || !after) return
  for (const thread of ['main', 'others'] as const) {
    const spentMs = after[thread] - before[thread]
    tell(`${name}.cpu.${thread}`, (spentMs * MICROSECONDS_PER_MS) / items, 'µs/reading')
  }
  tell(`${name}.load`, loadavg()[0] ?? Number.NaN, 'running')
}
