import { breaksAlong, type Break } from './breaks.ts'
import { gapsAlong, type NumberingGap } from './gaps.ts'
import { inOrder, place, type OutageReading, type PlacedReading } from './readings.ts'

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
