const MINUTE_MS = 60_000
/** Steps between marks of a time axis, in minutes. */
const STEPS = [5, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 10_080]

/** Round moments between two, at most `most` of them. */
export function timeTicks([fromAt, toAt]: readonly [number, number], most: number): number[] {
  const step =
    MINUTE_MS * (STEPS.find((minutes) => (toAt - fromAt) / (minutes * MINUTE_MS) <= most) ?? 10_080)
  const first = Math.ceil(fromAt / step) * step
  return Array.from(
    { length: Math.max(0, Math.floor((toAt - first) / step) + 1) },
    (_, index) => first + index * step,
  )
}
