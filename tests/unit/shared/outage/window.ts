import type { OutageReading, PlacedReading } from '../../../../shared/outage/index.ts'
import { claimedAt } from '../../../../shared/outage/readings.ts'

/** The least window of a device's readings, placed and by number, that `reviseDevice` asks for. */
export function windowAround(
  readings: readonly PlacedReading[],
  arriving: readonly OutageReading[],
): PlacedReading[] {
  const seqs = arriving.map(({ seq }) => seq)
  const [firstSeq, lastSeq] = [Math.min(...seqs), Math.max(...seqs)]
  const latestAt = Math.max(...arriving.map(claimedAt))
  const from = readings.findLastIndex(({ seq, on }) => seq < firstSeq && on)
  const to = readings.findIndex(
    (one) =>
      one.seq > lastSeq && one.on && one.placedAt === claimedAt(one) && one.placedAt >= latestAt,
  )
  return readings.slice(Math.max(0, from), to < 0 ? undefined : to + 1)
}
