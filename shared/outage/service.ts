import type { DeviceEventRecord, DeviceFacts } from '../record/index.ts'
import { wholeSecond } from './periods.ts'

/** Longitude and latitude in degrees. */
export type Place = readonly [longitude: number, latitude: number]

/** A stretch in which a device was enrolled and not suspended, with the facts that held. Start included, end not. */
export interface ServiceSpan {
  areaId: string
  stage: DeviceFacts['stage']
  customersServed: number
  /** Null: of a location commitment. */
  place: Place | null
  fromAt: number
  /** Null: it still is. */
  toAt: number | null
  /** Leaf hash of the device event that began it. */
  leafHash: string
}

export interface LedgerDeviceEvent {
  record: DeviceEventRecord
  leafHash: string
}

/** Whether a device is in service after an event; a new key or place changes nothing about it. */
const IN_SERVICE_AFTER = {
  enrolled: true,
  resumed: true,
  key_rotated: null,
  moved: null,
  suspended: false,
  revoked: false,
} as const satisfies Record<DeviceEventRecord['event'], boolean | null>

/** An event counts from the whole second it fell in, so that all sums are of whole seconds and exact. */
const eventAt = ({ record }: LedgerDeviceEvent): number => wholeSecond(Date.parse(record.at))

/** The spans of service of one device from its events, in any order; of the same moment the higher leaf hash is later. */
export function serviceSpans(events: readonly LedgerDeviceEvent[]): ServiceSpan[] {
  const ordered = [...events].sort(
    (a, b) =>
      Date.parse(a.record.at) - Date.parse(b.record.at) || (a.leafHash < b.leafHash ? -1 : 1),
  )
  let inService = false
  return ordered.flatMap((event, index) => {
    const { record, leafHash } = event
    inService = IN_SERVICE_AFTER[record.event] ?? inService
    const next = ordered[index + 1]
    const fromAt = eventAt(event)
    const toAt = next ? eventAt(next) : null
    if (!inService || fromAt === toAt) return []
    const { stage, customers_served: customersServed } = record.device
    const facts = { areaId: record.area_id, stage, customersServed, place: placeOf(record.device) }
    return [{ ...facts, fromAt, toAt, leafHash }]
  })
}

const placeOf = ({ longitude, latitude }: DeviceFacts): Place | null =>
  longitude === undefined || latitude === undefined ? null : [longitude, latitude]

/** A span as a period; its end may be without bound. */
export const spanPeriod = ({ fromAt, toAt }: ServiceSpan) => ({
  fromAt,
  toAt: toAt ?? Number.POSITIVE_INFINITY,
})
