/** Does `work` with every item, so many at a time; answers items a second. */
export async function ratePerSecond<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  const queue = items.values()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item)
    }),
  )
  return (items.length * 1000) / (performance.now() - startedAt)
}
