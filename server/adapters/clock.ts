/** Where the server's own time comes from: UTC, milliseconds; may jump, so orders nothing but batches. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
