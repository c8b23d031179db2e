interface Head<T> {
  next: T
  /** Position of the source: decides where two come at the same time. */
  order: number
  source: Iterator<T>
}

/**
 * Merges sources that are each in order of time into one that is. Lazy: holds one item per source. Items of the same
 * time come in the order of their sources.
 */
export function* mergeByTime<T extends { at: number }>(sources: Iterable<T>[]): Generator<T> {
  const heap: Head<T>[] = []
  for (const [order, iterable] of sources.entries()) {
    const source = iterable[Symbol.iterator]()
    const first = source.next()
    if (first.done !== true) rise(heap, { next: first.value, order, source })
  }
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield top.next
    const following = top.source.next()
    if (following.done !== true) {
      sink(heap, { next: following.value, order: top.order, source: top.source })
    } else {
      const last = heap.pop()
      if (last !== undefined && last !== top) sink(heap, last)
    }
  }
}

function before<T extends { at: number }>(a: Head<T>, b: Head<T>): boolean {
  return a.next.at < b.next.at || (a.next.at === b.next.at && a.order < b.order)
}

/** Adds an item to a binary heap whose root comes first. */
function rise<T extends { at: number }>(heap: Head<T>[], item: Head<T>): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || !before(item, parent)) break
    heap[at] = parent
    at = above
  }
  heap[at] = item
}

/** Puts an item in place of the root. */
function sink<T extends { at: number }>(heap: Head<T>[], item: Head<T>): void {
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const below = right !== undefined && left !== undefined && before(right, left) ? right : left
    if (below === undefined || !before(below, item)) break
    heap[at] = below
    at = below === right ? 2 * at + 2 : 2 * at + 1
  }
  heap[at] = item
}
