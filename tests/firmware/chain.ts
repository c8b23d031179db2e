import { expect } from 'vitest'
import type { UnsignedReading } from '../../shared/reading/index.ts'

export interface Held {
  reading: UnsignedReading
  hash: string
}

/**
 * The promise of the numbers: each stands for one content, the next one follows the one before in number and hash, and
 * only a boot may skip. Returns the readings in their order, each once.
 */
export function expectUnbroken(held: readonly Held[]): Held[] {
  const bySeq = new Map<number, Held>()
  for (const item of held) {
    expect(bySeq.get(item.reading.seq)?.hash ?? item.hash).toBe(item.hash)
    bySeq.set(item.reading.seq, item)
  }
  const ordered = [...bySeq.values()].sort((a, b) => a.reading.seq - b.reading.seq)
  for (const [index, { reading }] of ordered.entries()) {
    const before = ordered[index - 1]
    expect(reading.previous).toBe(before?.hash)
    if (before && reading.reason !== 'boot') expect(reading.seq).toBe(before.reading.seq + 1)
  }
  return ordered
}
