import type { Break } from './breaks.ts'
import { spanPeriod, type Place, type ServiceSpan } from './service.ts'

/** What the figures use of a device: when it was in service, and its breaks (docs/formats/outage-rules.md). */
export interface DeviceHistory {
  deviceId: string
  service: readonly ServiceSpan[]
  breaks: readonly Break[]
}

/** One loss and return of mains at one device. Times in ms since 1970. */
export interface Interruption {
  deviceId: string
  /** Facts of the device at `countedAt`. */
  areaId: string
  stage: ServiceSpan['stage']
  customersServed: number
  place: Place | null
  /** When mains were lost; earlier than `countedAt` where the device was not yet in service. */
  offAt: number
  /** The first moment off in service: the start by which it belongs to an event and a period. */
  countedAt: number
  /** When mains returned; null while they have not. */
  endedAt: number | null
  /** Rests on the device's readings of these numbers, and of all between; null is without bound. */
  firstSeq: number | null
  lastSeq: number | null
}

/** What tells interruptions apart: no two of a device follow the same ON reading. */
export const interruptionKey = ({
  deviceId,
  firstSeq,
}: Pick<Interruption, 'deviceId' | 'firstSeq'>) => `${deviceId}:${firstSeq ?? ''}`

/** The interruptions among the breaks of a device; one that never meets its service is none. */
export function interruptionsOf({ deviceId, service, breaks }: DeviceHistory): Interruption[] {
  return breaks.flatMap((one) => {
    if (one.state !== 'off') return []
    const { fromAt: offAt, toAt: endedAt, firstSeq, lastSeq } = one
    for (const span of service) {
      const { fromAt, toAt } = spanPeriod(span)
      const countedAt = Math.max(offAt, fromAt)
      const offThen = countedAt === offAt || countedAt < (endedAt ?? Number.POSITIVE_INFINITY)
      if (countedAt >= toAt || !offThen) continue
      const { areaId, stage, customersServed, place } = span
      const facts = { deviceId, areaId, stage, customersServed, place }
      return [{ ...facts, offAt, countedAt, endedAt, firstSeq, lastSeq }]
    }
    return []
  })
}
