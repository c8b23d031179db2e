import { concat, fromHex, publicKeyFromHex, utf8 } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { deviceIdField, publicKeyField } from '../fields.ts'
import { parseAs } from '../parse.ts'
import { verifyP256 } from '../signature/index.ts'

/** What a secure element shows before it is enrolled; docs/formats/provisioning.md. */

/** What names a device: serial number and public key, both in hex. */
export interface DeviceIdentity {
  device_id: string
  /** 65 bytes 04‖X‖Y. */
  public_key: string
}

export const NONCE_BYTES = 32
const DOMAIN = utf8('gridwitness device challenge v1\n\n\n')

/** The bytes a device signs to show that it holds its key. */
export function challengeMessage(deviceId: string, nonce: Uint8Array): Uint8Array {
  const id = parseAs(deviceIdField, deviceId, 'device id')
  if (nonce.length !== NONCE_BYTES)
    throw new CodedError('malformed', `nonce: expected ${NONCE_BYTES} bytes, got ${nonce.length}`)
  return concat(DOMAIN, fromHex(id.toLowerCase()), nonce)
}

/** Checks the answer to a challenge, 64 raw bytes r‖s. Throws `malformed` or `bad_signature`. */
export function verifyChallenge(
  { device_id, public_key }: DeviceIdentity,
  nonce: Uint8Array,
  signature: Uint8Array,
): void {
  const message = challengeMessage(device_id, nonce)
  verifyP256({ publicKey: publicKeyFromHex(public_key), message, signature })
}

const LABEL = /^GRIDWITNESS:1:([0-9A-F]{18}):(04[0-9A-F]{128})$/

/** The text of a device's QR code. */
export const labelOf = ({ device_id, public_key }: DeviceIdentity): string =>
  `GRIDWITNESS:1:${parseAs(deviceIdField, device_id, 'device id')}:${parseAs(publicKeyField, public_key, 'public key').toUpperCase()}`

/** Reads it; throws `malformed`. */
export function readLabel(text: string): DeviceIdentity {
  const [, device_id, publicKey] = LABEL.exec(text) ?? []
  if (device_id === undefined || publicKey === undefined) {
    throw new CodedError(
      'malformed',
      'label: expected GRIDWITNESS:1:, 18 hex digits, a colon and 130 hex digits, upper-case',
    )
  }
  return { device_id, public_key: publicKey.toLowerCase() }
}
