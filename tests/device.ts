import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { fromBase64url, toBase64url, toHex } from '../shared/bytes.ts'
import {
  signedBytes,
  signedDigest,
  type Reading,
  type UnsignedReading,
} from '../shared/reading/index.ts'
import type { DeviceFacts } from '../shared/record/index.ts'
import { compactOf, compactPayload } from './unit/shared/compact-writer.ts'

/** A sensor for tests: its own key, numbers readings, names the one before, signs. */
export class TestDevice {
  readonly facts: DeviceFacts
  readonly #key: KeyObject
  #seq = 0
  #previous: string | undefined

  constructor(name: string, facts: Partial<DeviceFacts> = {}) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    this.#key = privateKey
    this.facts = {
      device_id: createHash('sha256').update(name).digest('hex').slice(0, 18).toUpperCase(),
      public_key: `04${toHex(Buffer.from(x, 'base64url'))}${toHex(Buffer.from(y, 'base64url'))}`,
      stage: 'transformer',
      customers_served: 40,
      latitude: 25.5941,
      longitude: 85.1376,
      ...facts,
    }
  }

  /** The next reading; members given replace those of an ON heartbeat measured now. */
  read(members: Partial<UnsignedReading> = {}): Reading {
    const reading = this.sign(this.#next(members))
    this.#previous = toHex(signedDigest(signedBytes(reading)))
    return reading
  }

  /** The next reading in compact form. */
  readCompact(members: Partial<UnsignedReading> = {}): Uint8Array {
    const reading = this.#next(members)
    this.#previous = toHex(signedDigest(compactPayload(reading)))
    return this.signCompact(reading)
  }

  #next(members: Partial<UnsignedReading>): UnsignedReading {
    const place =
      this.facts.location_commitment === undefined
        ? { latitude: this.facts.latitude, longitude: this.facts.longitude }
        : { location_commitment: this.facts.location_commitment }
    const reading: UnsignedReading = {
      v: 1,
      device_id: this.facts.device_id,
      seq: this.#seq + 1,
      timestamp: new Date().toISOString().replace(/\.\d{3}Z$/, 'Z'),
      power_status: 'ON',
      reason: 'heartbeat',
      ...place,
      ...(this.#previous !== undefined && { previous: this.#previous }),
      ...members,
    }
    this.#seq = reading.seq
    return reading
  }

  /** Signs any members as they are, in compact form. */
  signCompact(reading: UnsignedReading): Uint8Array {
    const { d = '' } = this.#key.export({ format: 'jwk' })
    return compactOf(reading, fromBase64url(d))
  }

  /** Signs any members as they are. */
  sign(reading: UnsignedReading): Reading {
    const signature = sign('sha256', signedBytes(reading), {
      key: this.#key,
      dsaEncoding: 'ieee-p1363',
    })
    return { ...reading, device_signature: toBase64url(signature) }
  }
}
