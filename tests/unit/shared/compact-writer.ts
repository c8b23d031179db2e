import { p256 } from '@noble/curves/nist.js'
import { concat, fromHex, utf8 } from '../../../shared/bytes.ts'
import type { UnsignedReading } from '../../../shared/reading/index.ts'

/** A second writer of the compact form, straight from formats.md §1 and RFC 8949, for tests to read back. */

function item(major: number, argument: number, content = new Uint8Array()): Uint8Array {
  const sizes = [1, 2, 4, 8]
  if (argument < 24) return concat(Uint8Array.of((major << 5) | argument), content)
  const info = sizes.findIndex((size) => argument < 2 ** (8 * size))
  const digits = argument.toString(16).padStart(2 * (sizes[info] ?? 0), '0')
  return concat(Uint8Array.of((major << 5) | (24 + info)), fromHex(digits), content)
}

const integer = (value: number) => (value < 0 ? item(1, -1 - value) : item(0, value))
const byteString = (bytes: Uint8Array) => item(2, bytes.length, new Uint8Array(bytes))
const seconds = (time: string) => integer(Date.parse(time) / 1000)
const millionths = (degrees: number) => integer(Math.round(degrees * 1e6))

/** Payload map of a reading, its keys in ascending order. */
export function compactPayload(reading: UnsignedReading): Uint8Array {
  const { timestamp, off_since, location_commitment, previous, firmware } = reading
  const members: (Uint8Array | undefined)[] = [
    integer(reading.v),
    integer(reading.seq),
    seconds(timestamp),
    integer(reading.power_status === 'ON' ? 1 : 0),
    integer(['heartbeat', 'change', 'last_gasp', 'boot'].indexOf(reading.reason)),
    reading.latitude === undefined ? undefined : millionths(reading.latitude),
    reading.longitude === undefined ? undefined : millionths(reading.longitude),
    location_commitment === undefined ? undefined : byteString(fromHex(location_commitment)),
    off_since === undefined ? undefined : seconds(off_since),
    ...[
      reading.energy_import_wh,
      reading.energy_export_wh,
      reading.voltage_mv,
      reading.current_ma,
      reading.power_w,
      reading.frequency_mhz,
    ].map((value) => (value === undefined ? undefined : integer(value))),
    previous === undefined ? undefined : byteString(fromHex(previous)),
    firmware === undefined
      ? undefined
      : item(3, utf8(firmware).length, new Uint8Array(utf8(firmware))),
  ]
  const present = members.flatMap((value, index) =>
    value ? [concat(integer(index + 1), value)] : [],
  )
  return item(5, present.length, new Uint8Array(concat(...present)))
}

/** A reading as its device would send it over NB-IoT. */
export function compactOf(reading: UnsignedReading, privateKey: Uint8Array): Uint8Array {
  const serial = byteString(fromHex(reading.device_id.toLowerCase()))
  const header = byteString(concat(Uint8Array.of(0xa2, 0x01, 0x26, 0x04), serial))
  const payload = byteString(compactPayload(reading))
  const context = item(3, 10, new Uint8Array(utf8('Signature1')))
  const message = concat(
    Uint8Array.of(0x84),
    context,
    header,
    byteString(new Uint8Array()),
    payload,
  )
  const signature = p256.sign(message, privateKey, { lowS: false, prehash: true })
  return concat(
    Uint8Array.of(0xd2, 0x84),
    header,
    Uint8Array.of(0xa0),
    payload,
    byteString(signature),
  )
}
