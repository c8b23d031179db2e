import type { ReadingRecord } from '../record/index.ts'
import { wholeSecond } from './periods.ts'
import { MAX_CLOCK_AHEAD_MS } from './rules.ts'

/** What the outage rules use of a reading. Times in ms since 1970. */
export interface OutageReading {
  seq: number
  /** By the device's clock. */
  measuredAt: number
  /** By the server's clock. */
  receivedAt: number
  on: boolean
  boot: boolean
  offSinceAt: number | null
  /** Digest (hex) the reading names as its predecessor's. */
  previous: string | null
  /** SHA-256 of its own signed bytes, hex. */
  digest: string
  leafHash: string
}

/** A reading with the time that counts for it, see `place`. */
export interface PlacedReading extends OutageReading {
  placedAt: number
}

/** Takes from a record what the rules use; the digest of the signed bytes and the leaf hash come in hex. */
export function outageReading(
  { reading, received_at }: ReadingRecord,
  { digest, leafHash }: { digest: string; leafHash: string },
): OutageReading {
  return {
    seq: reading.seq,
    measuredAt: Date.parse(reading.timestamp),
    receivedAt: Date.parse(received_at),
    on: reading.power_status === 'ON',
    boot: reading.reason === 'boot',
    offSinceAt: reading.off_since === undefined ? null : Date.parse(reading.off_since),
    previous: reading.previous ?? null,
    digest,
    leafHash,
  }
}

/** A reading is its device and number: of several with one number the first received stands, then the lower leaf hash. */
export const standsBefore = (a: OutageReading, b: OutageReading): boolean =>
  a.receivedAt === b.receivedAt ? a.leafHash < b.leafHash : a.receivedAt < b.receivedAt

/** The readings of one device by number, one for each; takes them in any order and any number of times. */
export function inOrder(readings: Iterable<OutageReading>): OutageReading[] {
  const standing = new Map<number, OutageReading>()
  for (const reading of readings) {
    const other = standing.get(reading.seq)
    if (!other || standsBefore(reading, other)) standing.set(reading.seq, reading)
  }
  return [...standing.values()].sort((a, b) => a.seq - b.seq)
}

/** The device's own time, unless its clock was so far ahead that the server had the reading before it was measured. */
export const claimedAt = ({ measuredAt, receivedAt }: OutageReading): number =>
  measuredAt > receivedAt + MAX_CLOCK_AHEAD_MS ? wholeSecond(receivedAt) : measuredAt

/**
 * Places readings, ordered by number, in time. Numbers are signed and only ever rise, clocks may be set back: a reading
 * counts as measured no earlier than the one before it. So no interval is ever negative.
 */
export const place = (
  readings: Iterable<OutageReading>,
  notBeforeAt = Number.NEGATIVE_INFINITY,
): PlacedReading[] => [...placing(readings, notBeforeAt)]

/** The same, one after the other as they are asked for. */
export function* placing(
  readings: Iterable<OutageReading>,
  notBeforeAt = Number.NEGATIVE_INFINITY,
): Generator<PlacedReading> {
  let latestAt = notBeforeAt
  for (const reading of readings) {
    latestAt = Math.max(latestAt, claimedAt(reading))
    yield { ...reading, placedAt: latestAt }
  }
}
