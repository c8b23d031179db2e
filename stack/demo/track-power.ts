import type { UnsignedReading } from '../../shared/reading/index.ts'
import type { Site } from './scenario.ts'

export interface PowerCounts {
  sensorsOn: number
  sensorsOff: number
  /** Customers behind the sensors that are off. */
  customersOff: number
}

/** Counts sensors by the last thing each said; one that has said nothing is neither on nor off. */
export function trackPower(sites: Site[]): {
  note(deviceId: string, status: UnsignedReading['power_status']): void
  counts(): PowerCounts
} {
  const last = new Map<string, UnsignedReading['power_status']>()
  return {
    note: (deviceId, status) => void last.set(deviceId, status),
    counts: () => {
      const off = sites.filter((site) => last.get(site.deviceId) === 'OFF')
      return {
        sensorsOn: last.size - off.length,
        sensorsOff: off.length,
        customersOff: off.reduce((sum, site) => sum + site.customers, 0),
      }
    },
  }
}
