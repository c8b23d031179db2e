import { seeded } from '../../seeded.ts'
import { hashOfKey, shardOfHash } from './hash.ts'

/** What the layout is planned for. */
export const METERS = 1_300_000
const AREAS = 750
const MONTHS = 24
const LOTS = 130
/** Unique bytes of a serial number of the secure element: six, between 0x0123 and 0xEE. */
const SERIALS = 2 ** 48
const MONTH_ROOM = 32

/** How serial numbers come to a portal: any of all; in 130 lots of numbers that follow one another; or each the next. */
export const SERIES = ['random', 'lots', 'running'] as const
export type Series = (typeof SERIES)[number]

/** Meters of each area: sizes of a Pareto distribution of index 1.2, where few areas have most of the meters. */
export function areaSizes(meters: number): number[] {
  const random = seeded(1)
  const drawn = Array.from({ length: AREAS }, () => (1 - random()) ** (-1 / 1.2))
  const total = drawn.reduce((sum, size) => sum + size, 0)
  let before = 0
  return drawn.map((size) => {
    const from = Math.round((before / total) * meters)
    before += size
    return Math.round((before / total) * meters) - from
  })
}

/** Month from which each meter sends, in the order of their ids. */
export interface Fleet {
  serials: Float64Array
  months: Uint8Array
}

/** Meters enrolled area by area over two years, an area in the month of its first meter. */
export function fleetOf(series: Series, meters: number): Fleet {
  const lot = meters / LOTS
  const random = seeded(2)
  // A serial number with the month behind it: one number, which sorts by the first.
  const enrolled = new Float64Array(meters)
  let meter = 0
  let lotAt = 0
  for (const size of areaSizes(meters)) {
    const month = Math.floor((meter / meters) * MONTHS)
    for (const last = meter + size; meter < last; meter += 1) {
      if (meter % lot === 0) lotAt = Math.floor(random() * (SERIALS - lot))
      const serial = {
        random: () => Math.floor(random() * SERIALS),
        lots: () => lotAt + (meter % lot),
        running: () => meter,
      }[series]()
      enrolled[meter] = serial * MONTH_ROOM + month
    }
  }
  enrolled.sort()
  return {
    serials: enrolled.map((both) => Math.floor(both / MONTH_ROOM)),
    months: Uint8Array.from(enrolled, (both) => both % MONTH_ROOM),
  }
}

/** What a layout does to its shards; 1 is an even share. */
export interface Balance {
  /** Share of the fullest shard of what is written in a month: in the worst after the first, and in the last. */
  worstMonth: number
  lastMonth: number
  /** Rows the balancer carried from shard to shard by then, of all that there are. */
  moved: number
}

/** Ranges of device ids, which the balancer makes equal in rows at the end of every month. */
export function rangedBalance({ months }: Fleet, shards: number): Balance {
  // Where each shard but the first begins; all begins as one range on the first.
  let begins = Array.from({ length: shards - 1 }, () => months.length)
  const ofMonths: number[] = []
  let moved = 0
  let total = 0
  for (let month = 0; month < MONTHS; month += 1) {
    const counts = new Uint32Array(shards)
    total = 0
    for (let meter = 0, shard = 0; meter < months.length; meter += 1) {
      while (meter === begins[shard]) shard += 1
      const rows = month + 1 - (months[meter] ?? 0)
      if (rows <= 0) continue
      counts[shard] = (counts[shard] ?? 0) + 1
      total += rows
    }
    ofMonths.push(fullest(counts))
    const next: number[] = []
    for (let meter = 0, before = 0, from = 0; meter < months.length; meter += 1) {
      while (before >= (total * (next.length + 1)) / shards) next.push(meter)
      while (meter === begins[from]) from += 1
      const rows = Math.max(0, month + 1 - (months[meter] ?? 0))
      if (from !== next.length) moved += rows
      before += rows
    }
    begins = next.slice(0, shards - 1)
  }
  return balanceOf(ofMonths, moved / total)
}

/** Even ranges of the hash of device ids, which stay as they are; for each of these numbers of shards. */
export function hashedBalance({ serials, months }: Fleet, shards: readonly number[]): Balance[] {
  const counts = shards.map((count) => Array.from({ length: MONTHS }, () => new Uint32Array(count)))
  for (const [meter, serial] of serials.entries()) {
    const hashed = hashOfKey(deviceIdOf(serial))
    const month = months[meter] ?? 0
    for (const ofCount of counts) {
      const added = ofCount[month]
      if (!added) continue
      const shard = shardOfHash(hashed, added.length)
      added[shard] = (added[shard] ?? 0) + 1
    }
  }
  return counts.map((added) => {
    for (const [month, now] of added.entries())
      for (const [shard, before] of (added[month - 1] ?? []).entries())
        now[shard] = (now[shard] ?? 0) + before
    return balanceOf(added.map(fullest), 0)
  })
}

const deviceIdOf = (serial: number): string =>
  `0123${serial.toString(16).toUpperCase().padStart(12, '0')}EE`

const balanceOf = (ofMonths: readonly number[], moved: number): Balance => ({
  worstMonth: Math.max(...ofMonths.slice(1)),
  lastMonth: ofMonths.at(-1) ?? 0,
  moved,
})

/** The most meters on a shard, as a multiple of an even share. */
const fullest = (counts: Uint32Array): number =>
  (Math.max(...counts) * counts.length) / counts.reduce((sum, count) => sum + count, 0)
