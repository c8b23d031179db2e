/** Spans of a sensor's timeline, in days. */
export const TIMELINE_RANGES = ['1', '7', '30'] as const
export type TimelineRange = (typeof TIMELINE_RANGES)[number]

const DAY_MS = 86_400_000

export function rangeBounds(range: TimelineRange, now: Date): { from: string; to: string } {
  return {
    from: new Date(now.getTime() - Number(range) * DAY_MS).toISOString(),
    to: now.toISOString(),
  }
}
