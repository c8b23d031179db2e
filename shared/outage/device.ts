import { breaksAlong, type Break } from './breaks.ts'
import { gapBetween, gapsAlong, type NumberingGap } from './gaps.ts'
import { inOrder, place, placing, type OutageReading, type PlacedReading } from './readings.ts'

/** All that follows from the readings of one device. */
export interface DeviceLine {
  readings: PlacedReading[]
  breaks: Break[]
  gaps: NumberingGap[]
}

/** Derives a device from all its readings, in any order, repeated or not: the rebuild that every revision agrees with. */
export function deviceLine(readings: Iterable<OutageReading>, heartbeatMs: number): DeviceLine {
  const placed = place(inOrder(readings))
  return { readings: placed, breaks: breaksAlong(placed, heartbeatMs), gaps: gapsAlong(placed) }
}

/**
 * Breaks and gaps of a device whose readings already stand in order of number, of those with one number the one that stands
 * before the others first. They are seen once and not held, so there may be more than memory has room for.
 */
export function deviceFindings(
  ordered: Iterable<OutageReading>,
  heartbeatMs: number,
): Pick<DeviceLine, 'breaks' | 'gaps'> {
  const gaps: NumberingGap[] = []
  const readings = placing(standingAlong(ordered, gaps))
  return { breaks: breaksAlong(readings, heartbeatMs), gaps }
}

/** The first reading of each number; what is wrong between two goes to `gaps` as they pass. */
function* standingAlong(
  ordered: Iterable<OutageReading>,
  gaps: NumberingGap[],
): Generator<OutageReading> {
  let before: OutageReading | null = null
  for (const reading of ordered) {
    if (reading.seq === before?.seq) continue
    const gap = gapBetween(before, reading)
    if (gap) gaps.push(gap)
    before = reading
    yield reading
  }
}
