import type { Reading } from '../shared/reading/index.ts'
import { TestDevice } from '../tests/device.ts'

const DEVICES = 200

export const devices = Array.from(
  { length: DEVICES },
  (_, index) => new TestDevice(`bench ${index}`),
)

const keys = new Map(devices.map(({ facts }) => [facts.device_id, facts.public_key]))
export const publicKeyOf = (deviceId: string): string => keys.get(deviceId) ?? ''

function deviceAt(index: number): TestDevice {
  const device = devices[index % DEVICES]
  if (!device) throw new Error('expected devices')
  return device
}

/** The next readings, device after device, signed. */
export const nextReadings = (count: number): Reading[] =>
  Array.from({ length: count }, (_, index) => deviceAt(index).read())

/** The next readings of one device, as it hands in what it kept while it had no network. */
export const nextBacklog = (index: number, count: number): Reading[] =>
  Array.from({ length: count }, () => deviceAt(index).read())
