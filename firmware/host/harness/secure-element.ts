import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { toHex } from '../../../shared/bytes.ts'

const SERIAL_BYTES = 9

/** An ATECC608 as the device sees it: a serial number, a P-256 key that never leaves, a counter that only steps up. */
export class SecureElement {
  readonly serial: Uint8Array
  readonly #key: KeyObject
  #counter: number

  /** Without a key one is made; the serial number follows from `name`. */
  constructor(name: string, options: { key?: KeyObject; counter?: number } = {}) {
    this.serial = new Uint8Array(createHash('sha256').update(name).digest()).slice(0, SERIAL_BYTES)
    this.#key = options.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    this.#counter = options.counter ?? 0
  }

  get deviceId(): string {
    return toHex(this.serial).toUpperCase()
  }

  get counter(): number {
    return this.#counter
  }

  /** 04‖X‖Y in hex, as the portal's registry wants it. */
  get publicKey(): string {
    const { x = '', y = '' } = createPublicKey(this.#key).export({ format: 'jwk' })
    return `04${Buffer.from(x, 'base64url').toString('hex')}${Buffer.from(y, 'base64url').toString('hex')}`
  }

  /** The new value. */
  increment(): number {
    this.#counter += 1
    return this.#counter
  }

  /** r‖s over a SHA-256 digest, 64 bytes. */
  signDigest(digest: Uint8Array): Uint8Array {
    return signPrehashed(this.#key, digest)
  }
}
