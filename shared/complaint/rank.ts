/** Runs along the same whole numbers again, in any order. */
export type Pass = () => AsyncIterable<number> | Iterable<number>

const COUNTERS = 65_536

/**
 * The value at a rank (1 is the least) among whole numbers from `least` to `greatest`: exact, holding 65,536 counters however
 * many the values are. Each pass narrows the range by that factor; what changes between passes shifts the answer no further
 * than it shifts the rank.
 */
export async function valueAtRank(
  pass: Pass,
  rank: number,
  [least, greatest]: readonly [number, number],
): Promise<number> {
  let [low, high, left] = [least, greatest, rank]
  while (low < high) {
    const width = Math.ceil((high - low + 1) / COUNTERS)
    const counters = new Float64Array(COUNTERS)
    for await (const value of pass()) {
      if (value < low || value > high) continue
      const at = Math.floor((value - low) / width)
      counters[at] = (counters[at] ?? 0) + 1
    }
    let at = 0
    for (; at < COUNTERS - 1 && (counters[at] ?? 0) < left; at += 1) left -= counters[at] ?? 0
    low = Math.min(high, low + at * width)
    high = Math.min(high, low + width - 1)
  }
  return low
}
