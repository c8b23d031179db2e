import { SILENT_AFTER_HEARTBEATS } from './rules.ts'
import type { PlacedReading } from './readings.ts'

/** Both bounds are readings of the device: the break rests on all from `firstSeq` to `lastSeq`, null being without bound. */
interface Bounds {
  /** Null: nothing has ended it yet. */
  toAt: number | null
  firstSeq: number | null
  lastSeq: number | null
}

/**
 * A stretch in which a device was not seen to have mains; between breaks it was on. Times in ms since 1970.
 * A silence that begins at null has no reading before it. A silence after the last reading begins one heartbeat after it,
 * and takes effect only once three have passed: `breaksAsOf` says whether it has.
 */
export type Break =
  | ({ state: 'off'; fromAt: number } & Bounds)
  | ({ state: 'silent'; fromAt: number | null } & Bounds)

/** From one ON reading (none: the beginning) to the next (none: so far), with what the OFF readings between say. */
interface Spell {
  from: PlacedReading | null
  /** The first of the OFF readings. */
  off: PlacedReading | null
  /** The earliest `off_since` that they tell of. */
  toldAt: number | null
  to: PlacedReading | null
}

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** When mains were lost in a spell; null where no reading says so. */
function offStart({ from, off, toldAt, to }: Spell): number | null {
  const lostAt = earliest(toldAt, to?.offSinceAt ?? null)
  const first = off ?? to
  if (!first || (!off && lostAt === null)) return null
  // `off_since` is the last moment the device remembers mains; an ON reading is a later one that it signed.
  return Math.max(
    from?.placedAt ?? Number.NEGATIVE_INFINITY,
    Math.min(first.placedAt, lostAt ?? Number.POSITIVE_INFINITY),
  )
}

function silenceIn({ from, off, to }: Spell, offAt: number | null, heartbeatMs: number): Break[] {
  const next = off ?? to
  const lastSeq = next?.seq ?? null
  if (!from) {
    const toAt = offAt ?? next?.placedAt ?? null
    return [{ state: 'silent', fromAt: null, toAt, firstSeq: null, lastSeq }]
  }
  const fromAt = from.placedAt + heartbeatMs
  const bounds = { state: 'silent', fromAt, firstSeq: from.seq, lastSeq } as const
  if (!next) return [{ ...bounds, toAt: null }]
  if (next.placedAt - from.placedAt <= SILENT_AFTER_HEARTBEATS * heartbeatMs) return []
  const toAt = Math.min(next.placedAt, offAt ?? Number.POSITIVE_INFINITY)
  return toAt > fromAt ? [{ ...bounds, toAt }] : []
}

function breaksInSpell(spell: Spell, heartbeatMs: number): Break[] {
  const { from, to } = spell
  const offAt = offStart(spell)
  const silence = silenceIn(spell, offAt, heartbeatMs)
  if (offAt === null) return silence
  const bounds = { firstSeq: from?.seq ?? null, lastSeq: to?.seq ?? null }
  return [...silence, { state: 'off', fromAt: offAt, toAt: to?.placedAt ?? null, ...bounds }]
}

/**
 * The breaks along placed readings in order of number; docs/formats/outage-rules.md. They never overlap. A device never
 * heard has one: silence without bounds. Readings are seen once, and three at most are held.
 */
export function breaksAlong(readings: Iterable<PlacedReading>, heartbeatMs: number): Break[] {
  const breaks: Break[] = []
  let spell: Spell = { from: null, off: null, toldAt: null, to: null }
  for (const reading of readings) {
    if (reading.on) {
      breaks.push(...breaksInSpell({ ...spell, to: reading }, heartbeatMs))
      spell = { from: reading, off: null, toldAt: null, to: null }
    } else {
      spell.off ??= reading
      spell.toldAt = earliest(spell.toldAt, reading.offSinceAt)
    }
  }
  breaks.push(...breaksInSpell(spell, heartbeatMs))
  return breaks
}

/** A break as it stands at one moment: both ends known, `open` when the later is only that moment. */
export interface StandingBreak {
  state: 'off' | 'silent'
  /** −∞ where nothing was heard before. */
  fromAt: number
  toAt: number
  open: boolean
  firstSeq: number | null
  lastSeq: number | null
}

/** The breaks known to have begun by `asOfAt`; open ones end there, for now, and a last silence counts once it is one. */
export function breaksAsOf(
  breaks: readonly Break[],
  asOfAt: number,
  heartbeatMs: number,
): StandingBreak[] {
  const quietMs = (SILENT_AFTER_HEARTBEATS - 1) * heartbeatMs
  return breaks.flatMap((one) => {
    const fromAt = one.fromAt ?? Number.NEGATIVE_INFINITY
    const open = one.toAt === null
    const waiting = one.state === 'silent' && open && asOfAt - fromAt <= quietMs
    return fromAt > asOfAt || waiting ? [] : [{ ...one, fromAt, toAt: one.toAt ?? asOfAt, open }]
  })
}
