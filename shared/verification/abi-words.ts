import { fromHex } from '../bytes.ts'
import { quantity } from './json-rpc.ts'
import { SourceError } from './sources.ts'

const WORD_BYTES = 32
const WORD_HEX = 2 * WORD_BYTES

/** A number as one word, in hex without 0x. */
export const word = (value: number): string => value.toString(16).padStart(WORD_HEX, '0')

/** Words of 32 bytes in ABI-encoded data (Solidity ABI specification, "Formal Specification of the Encoding"). */
export class Words {
  readonly #hex: string
  constructor(hex: string) {
    this.#hex = hex
  }

  hex(index: number): string {
    const found = this.#hex.slice(index * WORD_HEX, (index + 1) * WORD_HEX)
    if (found.length !== WORD_HEX)
      throw new SourceError('the contract answered less data than its interface says')
    return found
  }

  number(index: number): number {
    return quantity(`0x${this.hex(index)}`)
  }

  /** Index of the word at the offset, in bytes from word `base`, that stands in word `index`. */
  at(base: number, index: number): number {
    const offset = this.number(index)
    if (offset % WORD_BYTES !== 0) {
      throw new SourceError(`the contract answered an offset between words: ${offset}`)
    }
    return base + offset / WORD_BYTES
  }

  /** Dynamic bytes whose offset, in bytes from word `base`, stands in word `index`. */
  bytes(base: number, index: number): Uint8Array {
    const at = this.at(base, index)
    const start = (at + 1) * WORD_HEX
    const found = this.#hex.slice(start, start + this.number(at) * 2)
    if (found.length !== this.number(at) * 2)
      throw new SourceError('the contract answered less data than its interface says')
    return fromHex(found)
  }
}
