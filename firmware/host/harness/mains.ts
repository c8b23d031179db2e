import type { Presence } from './device.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** From and to, measured from the beginning of an hour: mains are away in between. */
type Absence = readonly [number, number]

const FLAPS = 6
const FLAP_EVERY_MS = 20 * SECOND_MS
const FLAP_OFF_MS = 11 * SECOND_MS

/** What a feeder may do to its devices within an hour. */
const SCENARIOS = {
  steady: [],
  outage: [[5 * MINUTE_MS, 15 * MINUTE_MS]],
  flapping: Array.from({ length: FLAPS }, (_, flap): Absence => {
    const fromMs = 5 * MINUTE_MS + flap * FLAP_EVERY_MS
    return [fromMs, fromMs + FLAP_OFF_MS]
  }),
} satisfies Record<string, Absence[]>

export type MainsScenario = keyof typeof SCENARIOS
export const MAINS_SCENARIOS = ['steady', 'outage', 'flapping'] as const satisfies MainsScenario[]

/** Mains from `fromMs` to `untilMs` (virtual epoch milliseconds), with the scenario's absences in every `everyHours`th hour. */
export function mainsOf(
  scenario: MainsScenario,
  fromMs: number,
  untilMs: number,
  everyHours = 1,
): Presence[] {
  const absences: readonly Absence[] = SCENARIOS[scenario]
  const presences: Presence[] = []
  let onMs = fromMs
  for (let hourMs = fromMs; hourMs < untilMs; hourMs += everyHours * HOUR_MS) {
    for (const [offMs, backMs] of absences) {
      presences.push([onMs, hourMs + offMs])
      onMs = hourMs + backMs
    }
  }
  presences.push([onMs, Math.max(untilMs, onMs + MINUTE_MS)])
  return presences
}
