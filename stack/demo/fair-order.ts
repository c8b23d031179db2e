/**
 * One order over groups, of which the first N are a fair sample for every N: one of each group, the largest first; then by
 * the method of Sainte-Laguë (divisors 1, 3, 5, …), so that the share of a group follows its size. Within a group the order
 * stays; groups of one size come by name.
 */
export function fairOrder<T>(groups: ReadonlyMap<string, readonly T[]>): T[] {
  const seats = [...groups].flatMap(([group, items]) =>
    items.map((item, index) => ({
      item,
      group,
      round: index === 0 ? 0 : 1,
      quotient: items.length / (2 * index + 1),
    })),
  )
  return seats
    .toSorted(by((seat) => seat.group))
    .toSorted(by((seat) => -seat.quotient))
    .toSorted(by((seat) => seat.round))
    .map(({ item }) => item)
}

/** Compares by a key. */
export const by =
  <T>(key: (value: T) => string | number) =>
  (a: T, b: T): number =>
    key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0
