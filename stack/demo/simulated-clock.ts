/** A pause of this machine must not make hours of readings due at once. */
const LONGEST_STEP_MS = 1000

/**
 * Simulated time, in whole ms since 1970, that runs several times as fast as real time, and only while `advance` is called:
 * whoever is late keeps it back instead of piling up what is due.
 */
export interface SimulatedClock {
  now(): number
  isOver(): boolean
  /** Lets the time run that has passed since the last call of `advance` or `hold`. */
  advance(): void
  /** Lets no time run for what has passed since then. */
  hold(): void
}

export interface ClockOptions {
  speed: number
  /** Where simulated time stops. */
  endAt: number
  /** Real time in ms, never going back. */
  monotonicMs?: () => number
}

export function simulatedClock(
  beginAt: number,
  { speed, endAt, monotonicMs = () => performance.now() }: ClockOptions,
): SimulatedClock {
  let now = beginAt
  let seenMs = monotonicMs()
  const passed = (): number => {
    const beforeMs = seenMs
    seenMs = monotonicMs()
    return Math.min(seenMs - beforeMs, LONGEST_STEP_MS)
  }
  return {
    now: () => Math.floor(now),
    isOver: () => now >= endAt,
    advance: () => {
      now = Math.min(now + passed() * speed, endAt)
    },
    hold: () => void passed(),
  }
}
