import { webcrypto } from 'node:crypto'
import type { Acceptance } from '../../../../shared/api/readings.ts'
import { fromHex, sha256, signatureFromBase64url, toHex, utf8 } from '../../../../shared/bytes.ts'
import {
  parseReading,
  signedBytes,
  signedDigest,
  type Reading,
} from '../../../../shared/reading/index.ts'
import type { DeviceKey } from '../../../../stack/demo/device-keys.ts'
import type { PortalRequests } from '../../../../stack/demo/portal-requests.ts'

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** Takes readings as the portal does – strictly parsed, verified, one content per number – and keeps them. */
export function portalDouble(keys: Map<string, DeviceKey>) {
  const digests = new Map<string, string>()
  const kept = { readings: new Array<Reading>(), duplicates: 0, equivocations: 0, forged: 0 }

  const accept = async (value: Reading): Promise<Acceptance> => {
    const reading = parseReading(value)
    const message = signedBytes(reading)
    if (!(await isSigned(reading, message))) kept.forged += 1
    const identity = `${reading.device_id} ${reading.seq}`
    const digest = toHex(signedDigest(message))
    const known = digests.get(identity)
    if (known !== undefined && known !== digest) {
      kept.equivocations += 1
      return { status: 'rejected', code: 'equivocation', detail: identity }
    }
    if (known === undefined) kept.readings.push(reading)
    else kept.duplicates += 1
    digests.set(identity, digest)
    const status = known === undefined ? 'accepted' : 'duplicate'
    return { status, ...promiseFor(toHex(sha256(utf8(identity)))) }
  }
  const isSigned = async (reading: Reading, message: Uint8Array): Promise<boolean> => {
    const point = fromHex(keys.get(reading.device_id)?.publicKey ?? '')
    const key = await webcrypto.subtle.importKey('raw', point, P256, false, ['verify'])
    const signature = signatureFromBase64url(reading.device_signature)
    return webcrypto.subtle.verify(P256, key, signature, message)
  }
  const portal: Pick<PortalRequests, 'postReadings'> = {
    postReadings: (readings) => Promise.all(readings.map(accept)),
  }
  return Object.assign(kept, portal)
}

/** The sensors do not look at receipts: the portal's own tests do. */
const promiseFor = (leafHash: string) => ({
  leaf_hash: leafHash,
  receipt: {
    v: 1 as const,
    type: 'receipt' as const,
    area_id: 'us-ky',
    leaf_hash: leafHash,
    log_key: '',
    received_at: '',
    promise_by: '',
    signature: '',
  },
})
