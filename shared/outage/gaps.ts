import { chainStatus } from '../reading/index.ts'
import type { OutageReading } from './readings.ts'

/**
 * Two neighbouring readings that do not join (product.md, promise 2):
 * `numbers_missing` numbers between them were not received, and no `boot` excuses the jump;
 * `chain_broken` the later one names another predecessor than the one held.
 */
export interface NumberingGap {
  kind: 'numbers_missing' | 'chain_broken'
  /** Null: nothing earlier is held. */
  afterSeq: number | null
  beforeSeq: number
  /** Numbers between the two; 0 where only the chain is broken, and unknown losses may hide behind a `boot`. */
  missing: number
  leafHashes: string[]
}

/** What is wrong between a reading and the nearest one held before it; null when they join. */
export function gapBetween(
  before: OutageReading | null,
  reading: OutageReading,
): NumberingGap | null {
  const skipped = reading.seq - (before?.seq ?? 0) - 1
  const missing = reading.boot ? 0 : skipped
  const joins = chainStatus(reading.previous ?? undefined, before?.digest ?? null) === 'ok'
  if (missing === 0 && joins) return null
  return {
    kind: missing > 0 ? 'numbers_missing' : 'chain_broken',
    afterSeq: before?.seq ?? null,
    beforeSeq: reading.seq,
    missing,
    leafHashes: [...(before ? [before.leafHash] : []), reading.leafHash],
  }
}

/** All gaps along the readings of a device in order of number. */
export const gapsAlong = (readings: readonly OutageReading[]): NumberingGap[] =>
  readings.flatMap((reading, index) => gapBetween(readings[index - 1] ?? null, reading) ?? [])
