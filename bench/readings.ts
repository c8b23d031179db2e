import type { Reading } from '../shared/reading/index.ts'
import { TestDevice } from '../tests/device.ts'

const DEVICES = 200

export const devices = Array.from(
  { length: DEVICES },
  (_, index) => new TestDevice(`bench ${index}`),
)

const keys = new Map(devices.map(({ facts }) => [facts.device_id, facts.public_key]))
export const publicKeyOf = (deviceId: string): string => keys.get(deviceId) ?? ''

/** The next readings, device after device, signed. */
export function nextReadings(count: number): Reading[] {
  return Array.from({ length: count }, (_, index) => {
    const device = devices[index % DEVICES]
    if (!device) throw new Error('expected devices')
    return device.read()
  })
}
