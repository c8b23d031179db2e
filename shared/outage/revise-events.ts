import { byStart, type OutageEvent } from './events.ts'
import { interruptionKey, type Interruption } from './interruptions.ts'
import { CHAIN_MS } from './rules.ts'

/** What of an area's interruptions is no more, and what is new or other than it was. */
export interface InterruptionChange {
  removed: readonly Interruption[]
  added: readonly Interruption[]
}

/**
 * Puts a change into interruptions of one area that are told one after the other, in order of start: what `upTo` and `rest`
 * yield are those of afterwards, in the same order. It holds the change alone.
 */
export function changing({ removed, added }: InterruptionChange) {
  const replaced = new Set([...removed, ...added].map(interruptionKey))
  const coming = added.toSorted(byStart)
  let next = 0
  function* comingWhile(isBefore: (one: Interruption) => boolean): Generator<Interruption> {
    for (let one = coming[next]; one && isBefore(one); one = coming[next]) {
      next += 1
      yield one
    }
  }
  return {
    /** What is new before this one, and this one as long as it stays what it is. */
    *upTo(told: Interruption): Generator<Interruption> {
      yield* comingWhile((one) => byStart(one, told) < 0)
      if (!replaced.has(interruptionKey(told))) yield told
    },
    /** What is new behind all of them. */
    rest: () => comingWhile(() => true),
  }
}

/** Stretches of time, both ends included, of all that a change of an area may join or part; in order. */
export function stretchesOf(
  touched: readonly Pick<OutageEvent, 'startedAt' | 'lastStartAt'>[],
  { removed, added }: InterruptionChange,
): { fromAt: number; toAt: number }[] {
  const stretches: { fromAt: number; toAt: number }[] = []
  const all = [
    ...touched.map(({ startedAt, lastStartAt }) => ({ fromAt: startedAt, toAt: lastStartAt })),
    ...[...removed, ...added].map(({ countedAt }) => ({ fromAt: countedAt, toAt: countedAt })),
  ]
  for (const one of all.sort((a, b) => a.fromAt - b.fromAt)) {
    const last = stretches.at(-1)
    if (last && one.fromAt - last.toAt <= CHAIN_MS) last.toAt = Math.max(last.toAt, one.toAt)
    else stretches.push(one)
  }
  return stretches
}
