import type { TaskResult } from 'nitropack/types'

const MS_PER_S = 1000
/** Derives from what is restored, and puts nothing into the ledger. */
const RUNS_WHILE_RESTORING = 'outages:derive'
const underWay = new Set<Promise<unknown>>()

/**
 * One tick of a clock: calls the service, measures and tells how it went. What it throws is told and left to the next
 * tick, which tries again. None begins before the database is prepared and once the process was told to stop, and while it
 * restores only one. Answers null in these cases.
 */
export async function runClock<Result>(
  name: string,
  work: () => Promise<Result>,
): Promise<TaskResult<Result | null>> {
  const { isPrepared, restoreSource } = useComposition()
  if (stopSignal.aborted || !isPrepared()) return { result: null }
  if (restoreSource && name !== RUNS_WHILE_RESTORING) return { result: null }
  const beganAtMs = performance.now()
  const running = work()
  underWay.add(running)
  try {
    const result = await running
    observeTask({ task: name, outcome: 'done' }, (performance.now() - beganAtMs) / MS_PER_S)
    log('debug', 'task', { task: name, result: JSON.stringify(result) })
    return { result }
  } catch (error) {
    observeTask({ task: name, outcome: 'failed' }, (performance.now() - beganAtMs) / MS_PER_S)
    log('error', 'task failed', { task: name, ...errorFields(error) })
    return { result: null }
  } finally {
    underWay.delete(running)
  }
}

/** Resolves once no tick is under way. */
export async function clocksAtRest(): Promise<void> {
  await Promise.allSettled(underWay)
}
