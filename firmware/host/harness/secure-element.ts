import { createHash } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { toHex } from '../../../shared/bytes.ts'

export const SERIAL_BYTES = 9

export interface SecureElementOptions {
  serial: Uint8Array
  key: Uint8Array
  counter?: number
  /** Told the counter's next value before anybody sees it. */
  stepped?: (counter: number) => void
}

/** An ATECC608 as the device sees it: a serial number, a P-256 key that never leaves, a counter that only steps up. */
export class SecureElement {
  readonly serial: Uint8Array
  readonly #key: Uint8Array
  #counter: number
  readonly #stepped: (counter: number) => void

  constructor({ serial, key, counter = 0, stepped = () => {} }: SecureElementOptions) {
    this.serial = serial
    this.#key = key
    this.#counter = counter
    this.#stepped = stepped
  }

  /** Serial number and key follow from `name`: the same device in every run. */
  static named(name: string): SecureElement {
    return new SecureElement({
      serial: derive(`serial ${name}`).slice(0, SERIAL_BYTES),
      key: derive(`key ${name}`),
    })
  }

  get deviceId(): string {
    return toHex(this.serial).toUpperCase()
  }

  /** 04‖X‖Y in hex, as the portal's registry wants it. */
  get publicKey(): string {
    return toHex(p256.getPublicKey(this.#key, false))
  }

  /** X‖Y, as the element itself tells it. */
  get publicPoint(): Uint8Array {
    return p256.getPublicKey(this.#key, false).slice(1)
  }

  get counter(): number {
    return this.#counter
  }

  /** Steps the counter; the new value. */
  increment(): number {
    this.#stepped(this.#counter + 1)
    this.#counter += 1
    return this.#counter
  }

  /** r‖s over a SHA-256 digest, 64 bytes; the chip does not choose the low s. */
  sign(digest: Uint8Array): Uint8Array {
    return p256.sign(digest, this.#key, { lowS: false, prehash: false })
  }
}

const derive = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text).digest())
