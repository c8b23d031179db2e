import type { Period } from '../../../shared/outage/index.ts'

/** Null: without bound. */
interface Stretch {
  fromAt: number | null
  toAt: number | null
}

const periodOf = ({ fromAt, toAt }: Stretch): Period => ({
  fromAt: fromAt ?? Number.NEGATIVE_INFINITY,
  toAt: toAt ?? Number.POSITIVE_INFINITY,
})

/** The time between two moments, whichever is first. */
const between = (a: number, b: number): Period => ({ fromAt: Math.min(a, b), toAt: Math.max(a, b) })

/** Where one of two periods is and the other is not. */
const changeBetween = (a: Period, b: Period): Period[] => [
  between(a.fromAt, b.fromAt),
  between(a.toAt, b.toAt),
]

/** Where rows of one list are and those of the other are not; rows that are one and the same have one key. */
export function* changedTime<Row extends Stretch>(
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row>,
): Generator<{ time: Period; row: Row }> {
  for (const [key, row] of before) {
    const now = after.get(key)
    const times = now ? changeBetween(periodOf(row), periodOf(now)) : [periodOf(row)]
    for (const time of times) yield { time, row }
  }
  for (const [key, row] of after) if (!before.has(key)) yield { time: periodOf(row), row }
}
