/** Work on many items that costs little more than on one; answers in their order. */
type GroupWork<Item, Answer> = (items: readonly Item[]) => Promise<readonly Answer[]>

interface Caller<Item, Answer> {
  items: readonly Item[]
  resolve(answers: Answer[]): void
  reject(error: unknown): void
}

export interface GroupSize {
  /** Items in one call at most; a caller who brings more goes alone. */
  maxItems: number
  /** Calls under way at a time. */
  atOnce: number
}

/**
 * Lets callers who come at the same time share calls of `work`: who comes while enough of them are under way waits and
 * goes with all others who wait. Nobody waits for company. A call begins after all whose items are in it have asked; where it fails, it fails for all of them.
 */
export function inGroups<Item, Answer>(
  work: GroupWork<Item, Answer>,
  { maxItems, atOnce }: GroupSize,
): (items: readonly Item[]) => Promise<Answer[]> {
  const waiting: Caller<Item, Answer>[] = []
  let underWay = 0

  function takeGroup(): Caller<Item, Answer>[] {
    let size = 0
    const others = waiting.findIndex(({ items }, index) => {
      size += items.length
      return index > 0 && size > maxItems
    })
    return waiting.splice(0, others === -1 ? waiting.length : others)
  }

  async function run(group: readonly Caller<Item, Answer>[]): Promise<void> {
    try {
      const answers = await work(group.flatMap(({ items }) => items))
      let from = 0
      for (const { items, resolve } of group) resolve(answers.slice(from, (from += items.length)))
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      underWay -= 1
      next()
    }
  }

  function next(): void {
    while (underWay < atOnce && waiting.length > 0) {
      underWay += 1
      void run(takeGroup())
    }
  }

  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject })
      next()
    })
}
