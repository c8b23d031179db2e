import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** A manufacturer's chain for tests: X.509 (RFC 5280) in DER, as little of it as the checks look at. */

const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x18 }
const SEQUENCE = 0x30
const SET = 0x31
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const TRUE = Buffer.of(0x01, 0x01, 0xff)
const VERSION_3 = 2

function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const value = Buffer.concat(parts)
  const { length } = value
  const head = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), value])
}

const oid = (hex: string): Buffer => tlv(TAG.oid, Buffer.from(hex, 'hex'))
const ECDSA_SHA256 = tlv(SEQUENCE, oid('2a8648ce3d040302'))
const nameOf = (common: string): Buffer =>
  tlv(SEQUENCE, tlv(SET, tlv(SEQUENCE, oid('550403'), tlv(TAG.text, Buffer.from(common)))))
const timeOf = (moment: Date): Buffer =>
  tlv(TAG.time, Buffer.from(moment.toISOString().replace(/[-:T]|\.\d{3}/g, '')))
const basicConstraints = (ca: boolean): Buffer =>
  tlv(SEQUENCE, oid('551d13'), TRUE, tlv(TAG.octets, tlv(SEQUENCE, ...(ca ? [TRUE] : []))))

export interface Holder {
  name: string
  publicKey: KeyObject
  privateKey: KeyObject
}

export const holder = (name: string): Holder => ({
  name,
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
})

export interface Issue {
  to: Pick<Holder, 'name' | 'publicKey'>
  by: Pick<Holder, 'name' | 'privateKey'>
  ca: boolean
  from?: Date
  until?: Date
}

const DAY_MS = 86_400_000

/** A certificate in DER. */
export function issue({
  to,
  by,
  ca,
  from = new Date(Date.now() - DAY_MS),
  until = new Date('2048-01-01T00:00:00Z'),
}: Issue): Buffer {
  const body = tlv(
    SEQUENCE,
    tlv(VERSION, tlv(TAG.integer, Buffer.of(VERSION_3))),
    tlv(TAG.integer, Buffer.of(1)),
    ECDSA_SHA256,
    nameOf(by.name),
    tlv(SEQUENCE, timeOf(from), timeOf(until)),
    nameOf(to.name),
    to.publicKey.export({ format: 'der', type: 'spki' }),
    tlv(EXTENSIONS, tlv(SEQUENCE, basicConstraints(ca))),
  )
  const signature = sign('sha256', body, by.privateKey)
  return tlv(SEQUENCE, body, ECDSA_SHA256, tlv(TAG.bits, Buffer.of(0), signature))
}

/** 65 bytes 04‖X‖Y in hex. */
export function pointOf({ publicKey }: Pick<Holder, 'publicKey'>): string {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return `04${Buffer.from(x, 'base64url').toString('hex')}${Buffer.from(y, 'base64url').toString('hex')}`
}

export const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`
