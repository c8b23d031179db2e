/** A pause of this machine must not make hours of readings due at once. */
const LONGEST_STEP_MS = 1000

/**
 * Simulated time, in whole ms since 1970, that runs several times as fast as real time until it comes to the present, and only
 * while `advance` is called: whoever is late keeps it back instead of piling up what is due.
 */
export interface SimulatedClock {
  now(): number
  isOver(): boolean
  /** It has come to the present and goes on at its pace. */
  isPresent(): boolean
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
  /** The present, ms since 1970. */
  presentMs?: () => number
}

export function simulatedClock(
  beginAt: number,
  { speed, endAt, monotonicMs = () => performance.now(), presentMs = Date.now }: ClockOptions,
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
    isPresent: () => now >= presentMs() - LONGEST_STEP_MS,
    advance: () => {
      now = Math.max(now, Math.min(now + passed() * speed, endAt, presentMs()))
    },
    hold: () => void passed(),
  }
}
