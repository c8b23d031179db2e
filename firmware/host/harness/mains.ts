import type { Presence } from './device.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const FLAPS = 6
const FLAP_EVERY_MS = 20 * SECOND_MS
const FLAP_OFF_MS = 11 * SECOND_MS

export const MAINS_SCENARIOS = ['steady', 'outage', 'flapping'] as const
export type MainsScenario = (typeof MAINS_SCENARIOS)[number]

/** When mains are away, from the beginning of an hour. */
const absencesOf = (scenario: MainsScenario): Presence[] => {
  if (scenario === 'steady') return []
  return scenario === 'outage' ? [[5 * MINUTE_MS, 15 * MINUTE_MS]] : flapsFrom(5 * MINUTE_MS)
}

/** Mains from `fromMs` to `untilMs` (virtual epoch milliseconds), with the scenario's absences in every hour. */
export function mainsOf(scenario: MainsScenario, fromMs: number, untilMs: number): Presence[] {
  const absences: Presence[] = []
  for (let hourMs = fromMs; hourMs < untilMs; hourMs += HOUR_MS)
    for (const [offMs, backMs] of absencesOf(scenario))
      absences.push([hourMs + offMs, hourMs + backMs])
  return mainsWithout(absences, fromMs, untilMs)
}

/** Short absences in a row, as of a loose wire, from `fromMs` on. */
export const flapsFrom = (fromMs: number): Presence[] =>
  Array.from({ length: FLAPS }, (_, flap) => {
    const offMs = fromMs + flap * FLAP_EVERY_MS
    return [offMs, offMs + FLAP_OFF_MS]
  })

/** Mains from `fromMs` to `untilMs` but for these absences, which ascend. */
export function mainsWithout(
  absences: readonly Presence[],
  fromMs: number,
  untilMs: number,
): Presence[] {
  const within = absences.filter(([offMs, backMs]) => offMs < untilMs && backMs > fromMs)
  const begins = [fromMs, ...within.map(([, backMs]) => backMs)]
  const ends = [...within.map(([offMs]) => offMs), Math.max(untilMs, ...begins)]
  return begins.flatMap((onMs, index): Presence[] => {
    const offMs = ends[index] ?? untilMs
    return offMs > onMs ? [[onMs, offMs]] : []
  })
}
