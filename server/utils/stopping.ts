/** Whether the process was told to stop: known to readiness, clocks and tasks. */

const stopping = new AbortController()

/** Aborted once the process was told to stop. */
export const stopSignal: AbortSignal = stopping.signal

export const beginStopping = (): void => stopping.abort()
