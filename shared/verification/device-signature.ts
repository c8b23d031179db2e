import { equalBytes, fromBase64url, publicKeyFromHex, signatureFromBase64url } from '../bytes.ts'
import { canonicalBytes } from '../json.ts'
import type { ProofBundle } from '../proof/index.ts'
import { decodeCompact, signedBytes } from '../reading/index.ts'
import type { ReadingRecord } from '../record/index.ts'
import { verifyP256 } from '../signature/index.ts'
import { VerificationError, type Evidence } from './evidence.ts'

/** Step 3: the reading is signed by `device.public_key`. Other records are not signed by a device. */
export function checkDeviceSignature({ record, device }: ProofBundle): Evidence {
  if (record.type !== 'reading') {
    return {
      step: 'device_signature',
      status: 'not_applicable',
      statement: 'The portal wrote this record; no device signed it.',
      limit: null,
      facts: {},
    }
  }
  if (!device)
    throw new VerificationError(
      'device_signature',
      'device: expected the public key of the device, got none',
    )
  const { message, signature } = signedPart(record)
  verifyP256({ publicKey: publicKeyFromHex(device.public_key), message, signature })
  const { device_id, timestamp, power_status } = record.reading
  return {
    step: 'device_signature',
    status: 'proved',
    statement: `Device ${device_id} signed that mains were ${power_status} at ${timestamp}.`,
    limit: 'It proves which key signed, not that the sensor was wired or placed as claimed.',
    facts: { device_id, public_key: device.public_key, timestamp, power_status },
  }
}

/**
 * What a device signed for a reading. `message` is what the signature is over, `signed` what the next reading's `previous`
 * is the hash of. Throws `device_signature` where the compact form holds other members than are shown.
 */
export function signedPart(record: ReadingRecord) {
  if (!('cose' in record)) {
    const signed = signedBytes(record.reading)
    return {
      signed,
      message: signed,
      signature: signatureFromBase64url(record.reading.device_signature),
    }
  }
  const compact = decodeCompact(fromBase64url(record.cose))
  if (!equalBytes(canonicalBytes(compact.reading), canonicalBytes(record.reading))) {
    throw new VerificationError(
      'device_signature',
      'cose: expected the members shown in reading, got others',
    )
  }
  return compact
}
