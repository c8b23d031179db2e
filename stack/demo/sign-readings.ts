import { toBase64url, toHex } from '../../shared/bytes.ts'
import {
  signedBytes,
  signedDigest,
  type Reading,
  type UnsignedReading,
} from '../../shared/reading/index.ts'
import type { DeviceKey } from './device-keys.ts'
import type { Measurement } from './measurement.ts'
import type { Chain } from './outbox.ts'
import { simulatedVoltageMv, type Supply } from './voltage.ts'

/** Stands in every reading, so that none is ever taken for a measured one. */
const FIRMWARE = 'simulated'

/** A device writes time in whole seconds, formats.md §0. */
export const deviceTime = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')

/**
 * Signs measurements in their order and chains each to the one before it of the same device. Returns the readings and
 * the chains as they stand afterwards; `chains` itself is left as it is. Throws when a number is not the next one.
 */
export async function signReadings(
  measurements: Measurement[],
  chains: Record<string, Chain>,
  keys: Map<string, DeviceKey>,
  supply: Supply,
): Promise<{ readings: Reading[]; chains: Record<string, Chain> }> {
  const after = { ...chains }
  const unsigned = measurements.map((measurement) => {
    const { deviceId } = measurement.site
    const before = after[deviceId]
    const expected = (before?.seq ?? 0) + 1
    if (measurement.seq !== expected) {
      throw new Error(`device ${deviceId}: expected number ${expected}, got ${measurement.seq}`)
    }
    const reading = readingOf(measurement, before?.digest, supply)
    const bytes = signedBytes(reading)
    after[deviceId] = { seq: measurement.seq, digest: toHex(signedDigest(bytes)) }
    return { reading, bytes, key: keys.get(deviceId) }
  })
  const readings = await Promise.all(
    unsigned.map(async ({ reading, bytes, key }) => {
      if (key === undefined)
        throw new Error(`device ${reading.device_id}: expected a key, got none`)
      return { ...reading, device_signature: toBase64url(await key.sign(bytes)) }
    }),
  )
  return { readings, chains: after }
}

function readingOf(
  measurement: Measurement,
  previous: string | undefined,
  supply: Supply,
): UnsignedReading {
  const { site, seq, at, status, reason, offSinceAt } = measurement
  return {
    v: 1,
    device_id: site.deviceId,
    seq,
    timestamp: deviceTime(at),
    power_status: status,
    reason,
    latitude: site.latitude,
    longitude: site.longitude,
    ...(previous === undefined ? {} : { previous }),
    ...(offSinceAt === undefined ? {} : { off_since: deviceTime(offSinceAt) }),
    voltage_mv: status === 'OFF' ? 0 : simulatedVoltageMv(site.deviceId, at, supply),
    firmware: FIRMWARE,
  }
}
