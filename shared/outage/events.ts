import { interruptionKey, type Interruption } from './interruptions.ts'
import { CHAIN_MS, MOMENTARY_MS } from './rules.ts'

/** Interruptions of one area whose starts chain within 180 s. Times in ms since 1970. */
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
}

export type DurationClass = 'momentary' | 'sustained'

/** Momentary or sustained, by the time from loss to return; while mains are away, by the time so far. */
export function durationClass(
  { offAt, endedAt }: Pick<Interruption, 'offAt' | 'endedAt'>,
  asOfAt: number,
): DurationClass {
  return (endedAt ?? asOfAt) - offAt > MOMENTARY_MS ? 'sustained' : 'momentary'
}

/** Order of start; of one start, by device. */
export const byStart = (a: Interruption, b: Interruption): number =>
  a.countedAt - b.countedAt || (interruptionKey(a) < interruptionKey(b) ? -1 : 1)

/** `in-br-patna.20261121T053000Z.0123456789ABCDEF01`: it changes only with the first interruption of the event. */
const eventId = ({ areaId, countedAt, deviceId }: Interruption): string =>
  `${areaId}.${new Date(countedAt).toISOString().replace(/[-:]|\.\d+/g, '')}.${deviceId}`

/** An event while its interruptions are told one after the other, in order of start; they are not held. */
export interface EventDraft {
  joins(one: Interruption): boolean
  add(one: Interruption): void
  event(): OutageEvent
}

/** Begins an event with its first interruption. */
export function eventDraft(first: Interruption): EventDraft {
  const customers = new Map([[first.deviceId, first.customersServed]])
  let { countedAt: lastStartAt, endedAt, customersServed: customersAffected } = first
  return {
    joins: ({ areaId, countedAt }) =>
      areaId === first.areaId && countedAt - lastStartAt <= CHAIN_MS,
    add(one) {
      const known = customers.get(one.deviceId) ?? 0
      const most = Math.max(one.customersServed, known)
      customers.set(one.deviceId, most)
      customersAffected += most - known
      lastStartAt = one.countedAt
      endedAt = endedAt === null || one.endedAt === null ? null : Math.max(endedAt, one.endedAt)
    },
    event: () => ({
      id: eventId(first),
      areaId: first.areaId,
      startedAt: first.countedAt,
      lastStartAt,
      endedAt,
      local: customers.size === 1 && first.stage === 'house',
      devices: customers.size,
      customersAffected,
    }),
  }
}

/** Puts an interruption, told in order of start, into the last of the drafts, or begins another. */
export function takeInto<Draft extends Pick<EventDraft, 'joins' | 'add'>>(
  drafts: Draft[],
  one: Interruption,
  begin: (first: Interruption) => Draft,
): void {
  const last = drafts.at(-1)
  if (last?.joins(one)) last.add(one)
  else drafts.push(begin(one))
}

/** Groups interruptions of any areas, in any order, into events, by area and in order of start. */
export function outageEvents(interruptions: Iterable<Interruption>): OutageEvent[] {
  const ordered = [...interruptions].sort((a, b) =>
    a.areaId === b.areaId ? byStart(a, b) : a.areaId < b.areaId ? -1 : 1,
  )
  const drafts: EventDraft[] = []
  for (const one of ordered) takeInto(drafts, one, eventDraft)
  return drafts.map((draft) => draft.event())
}

/** Whether an interruption is of one of these events. */
export function isWithin(events: readonly OutageEvent[]): (one: Interruption) => boolean {
  const byArea = Map.groupBy(events, ({ areaId }) => areaId)
  // Events of an area follow one another.
  for (const ofArea of byArea.values()) ofArea.sort((a, b) => a.startedAt - b.startedAt)
  return ({ areaId, countedAt }) => {
    const ofArea = byArea.get(areaId) ?? []
    let [from, to] = [0, ofArea.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((ofArea[middle]?.lastStartAt ?? 0) < countedAt) from = middle + 1
      else to = middle
    }
    return (ofArea[from]?.startedAt ?? Number.POSITIVE_INFINITY) <= countedAt
  }
}
