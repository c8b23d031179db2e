import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

const LOOK_MS = 200
/** Share of the time in which the event loop had work. */
const BUSY = 0.5

/** Whether the process has hardly a moment to spare, by the next fifth of a second. */
export async function isBusy(): Promise<boolean> {
  const before = performance.eventLoopUtilization()
  await delay(LOOK_MS)
  return performance.eventLoopUtilization(before).utilization > BUSY
}
