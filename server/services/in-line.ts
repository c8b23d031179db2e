/**
 * Lets those who come for the same thing go one after another, in the order they came, within this process. Nobody's failure
 * is another's.
 */
export function inLine(): <Result>(of: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>()
  return (of, work) => {
    const before = last.get(of) ?? Promise.resolve()
    const mine = before.then(work, work)
    const leave = () => {
      if (last.get(of) === mine) last.delete(of)
    }
    last.set(of, mine)
    mine.then(leave, leave)
    return mine
  }
}
