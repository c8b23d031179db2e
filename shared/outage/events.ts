import { interruptionKey, type Interruption } from './interruptions.ts'
import { CHAIN_MS, MOMENTARY_MS } from './rules.ts'

/** Interruptions of one area whose starts chain within 180 s, in order of start. Times in ms since 1970. */
export interface OutageEvent {
  /** `<area>.<first start>.<first device>`: see `eventId`. */
  id: string
  areaId: string
  startedAt: number
  lastStartAt: number
  /** When the last device had mains again; null while one has not. */
  endedAt: number | null
  /** Of a single house device: a fuse or an unplugged sensor; shown, and left out of the headline indices. */
  local: boolean
  devices: number
  /** Each device once, however often it was interrupted. */
  customersAffected: number
  interruptions: Interruption[]
}

export type DurationClass = 'momentary' | 'sustained'

/** Momentary or sustained, by the time from loss to return; while mains are away, by the time so far. */
export function durationClass(
  { offAt, endedAt }: Pick<Interruption, 'offAt' | 'endedAt'>,
  asOfAt: number,
): DurationClass {
  return (endedAt ?? asOfAt) - offAt > MOMENTARY_MS ? 'sustained' : 'momentary'
}

const byStart = (a: Interruption, b: Interruption): number =>
  a.countedAt - b.countedAt || (interruptionKey(a) < interruptionKey(b) ? -1 : 1)

/** `in-br-patna.20261121T053000Z.0123456789ABCDEF01`: it changes only with the first interruption of the event. */
const eventId = ({ areaId, countedAt, deviceId }: Interruption): string =>
  `${areaId}.${new Date(countedAt).toISOString().replace(/[-:]|\.\d+/g, '')}.${deviceId}`

function eventOf(first: Interruption, interruptions: Interruption[]): OutageEvent {
  const customers = new Map<string, number>()
  for (const { deviceId, customersServed } of interruptions) {
    customers.set(deviceId, Math.max(customersServed, customers.get(deviceId) ?? 0))
  }
  let endedAt: number | null = first.endedAt
  let lastStartAt = first.countedAt
  for (const one of interruptions) {
    lastStartAt = Math.max(lastStartAt, one.countedAt)
    endedAt = endedAt === null || one.endedAt === null ? null : Math.max(endedAt, one.endedAt)
  }
  return {
    id: eventId(first),
    areaId: first.areaId,
    startedAt: first.countedAt,
    lastStartAt,
    endedAt,
    local: customers.size === 1 && first.stage === 'house',
    devices: customers.size,
    customersAffected: [...customers.values()].reduce((sum, one) => sum + one, 0),
    interruptions,
  }
}

/** Groups interruptions of any areas, in any order, into events. */
export function outageEvents(interruptions: Iterable<Interruption>): OutageEvent[] {
  const ordered = [...interruptions].sort((a, b) =>
    a.areaId === b.areaId ? byStart(a, b) : a.areaId < b.areaId ? -1 : 1,
  )
  const chains: { first: Interruption; last: Interruption; all: Interruption[] }[] = []
  for (const one of ordered) {
    const chain = chains.at(-1)
    const joins =
      chain?.last.areaId === one.areaId && one.countedAt - chain.last.countedAt <= CHAIN_MS
    if (chain && joins) {
      chain.all.push(one)
      chain.last = one
    } else chains.push({ first: one, last: one, all: [one] })
  }
  return chains.map(({ first, all }) => eventOf(first, all))
}

/** Whether an interruption of the event's area that starts then is, or would be, one of the event. */
export const touches = (
  event: Pick<OutageEvent, 'startedAt' | 'lastStartAt'>,
  countedAt: number,
): boolean => countedAt >= event.startedAt - CHAIN_MS && countedAt <= event.lastStartAt + CHAIN_MS

/**
 * What a change of interruptions changes about the events of their areas. `touched` holds every event that an interruption
 * removed or added touches. Returns the ids that are no more, and the events to save under theirs.
 */
export function reviseEvents(
  touched: readonly OutageEvent[],
  { removed, added }: { removed: readonly Interruption[]; added: readonly Interruption[] },
): { removed: string[]; saved: OutageEvent[] } {
  const interruptions = new Map(
    touched.flatMap((event) => event.interruptions.map((one) => [interruptionKey(one), one])),
  )
  for (const one of removed) interruptions.delete(interruptionKey(one))
  for (const one of added) interruptions.set(interruptionKey(one), one)
  const saved = outageEvents(interruptions.values())
  const kept = new Set(saved.map(({ id }) => id))
  return { removed: touched.flatMap(({ id }) => (kept.has(id) ? [] : [id])), saved }
}
