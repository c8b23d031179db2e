import type { EventEmitter } from 'node:events'

/**
 * Stops in order when told to (SIGTERM, SIGINT). At once: `/ready` says 503, no clock begins another step, the broker is left
 * once what it sent is stored. After `NUXT_DRAIN_SECONDS`: event streams end, no connection is taken any more, open requests
 * and steps finish, leases are given up (the rest is in compose.ts). After `NITRO_SHUTDOWN_TIMEOUT` in all, or at a second
 * signal, the process ends as it is: whatever was acknowledged is in the database.
 */

/** Nitro closes the server when it hears this event, in place of a signal. */
const STOP_EVENT = 'gridwitness:stop'
const MS_PER_S = 1000
const DEFAULT_TIMEOUT_MS = 30_000

export default defineNitroPlugin(() => {
  process.env.NITRO_SHUTDOWN_SIGNALS = STOP_EVENT
  const timeoutMs = Number.parseInt(process.env.NITRO_SHUTDOWN_TIMEOUT ?? '') || DEFAULT_TIMEOUT_MS
  const { messages, config } = useComposition()

  const stop = (signal: NodeJS.Signals): void => {
    if (stopSignal.aborted) {
      log('warn', 'told to stop a second time: ending at once', { signal })
      process.exit(1)
    }
    log('info', 'stopping', { signal })
    beginStopping()
    setTimeout(() => {
      log('warn', 'not everything ended in time', { timeout_ms: timeoutMs })
      process.exit(1)
    }, timeoutMs).unref()
    // What goes wrong here goes wrong again, and is told, when the server has closed.
    void messages?.close().catch(() => undefined)
    setTimeout(() => {
      closeEventStreams()
      const listeners: EventEmitter = process
      listeners.emit(STOP_EVENT)
    }, config.NUXT_DRAIN_SECONDS * MS_PER_S)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop)
})
