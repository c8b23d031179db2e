import { p256 } from '@noble/curves/nist.js'
import { fromBase64url, sha256, toBase64url, toHex, utf8 } from '../../../../shared/bytes.ts'
import { commit } from '../../../../shared/commitment/index.ts'
import {
  decodeCompact,
  parseReading,
  signedBytes,
  type UnsignedReading,
} from '../../../../shared/reading/index.ts'
import type { DeviceEventRecord, LedgerRecord } from '../../../../shared/record/index.ts'
import { compactOf } from '../compact-writer.ts'

/** Devices of the fixture and the records they cause. */

export const AREA = 'in-br-patna'
export const SALT = 'AAECAwQFBgcICQoLDA0ODw'
export const PLACE = '25.59410,85.13760'
export const COMMITMENT = toHex(commit(fromBase64url(SALT), PLACE))

export interface Key {
  privateKey: Uint8Array
  publicKey: string
}

export function keyOf(name: string): Key {
  const privateKey = sha256(utf8(name))
  return { privateKey, publicKey: toHex(p256.getPublicKey(privateKey, false)) }
}

export const idOf = (name: string): string => toHex(sha256(utf8(name)).subarray(0, 9)).toUpperCase()

/** `2026-11-21` at this time of day, with seconds or milliseconds. */
const at = (time: string, fraction = ''): string => `2026-11-21T${time}${fraction}Z`

export function eventOf(
  name: string,
  key: Key,
  event: DeviceEventRecord['event'],
  time: string,
  area = AREA,
): DeviceEventRecord {
  return {
    v: 1,
    type: 'device_event',
    area_id: area,
    at: at(time, '.000'),
    event,
    device: {
      device_id: idOf(name),
      public_key: key.publicKey,
      stage: 'transformer',
      customers_served: 64,
      location_commitment: COMMITMENT,
    },
  }
}

const unsignedOf = (name: string, seq: number, time: string): UnsignedReading => ({
  v: 1,
  device_id: idOf(name),
  seq,
  timestamp: at(time),
  power_status: seq % 2 === 0 ? 'OFF' : 'ON',
  reason: 'change',
  location_commitment: COMMITMENT,
})

/** A reading in JSON form as the portal keeps it, received half a second after it was measured. */
export function readingOf(name: string, key: Key, seq: number, time: string): LedgerRecord {
  const unsigned = unsignedOf(name, seq, time)
  const signature = p256.sign(signedBytes(unsigned), key.privateKey, { lowS: false, prehash: true })
  const reading = parseReading({ ...unsigned, device_signature: toBase64url(signature) })
  return { v: 1, type: 'reading', area_id: AREA, received_at: at(time, '.500'), reading }
}

/** The same in compact form. */
export function compactReadingOf(name: string, key: Key, seq: number, time: string): LedgerRecord {
  const cose = compactOf(unsignedOf(name, seq, time), key.privateKey)
  const { reading } = decodeCompact(cose)
  const received_at = at(time, '.500')
  return { v: 1, type: 'reading', area_id: AREA, received_at, reading, cose: toBase64url(cose) }
}

/** A complaint whose text stands in the ledger as a commitment only. */
export function complaintOf(text: string, time: string): LedgerRecord {
  return {
    v: 1,
    type: 'complaint_event',
    area_id: AREA,
    at: at(time, '.000'),
    complaint_id: 'c-1',
    event: 'filed',
    n: 0,
    previous: null,
    actor: { id: 'citizen', role: 'citizen' },
    commitments: { text: toHex(commit(fromBase64url(SALT), text)) },
    public: { category: 'outage' },
  }
}
