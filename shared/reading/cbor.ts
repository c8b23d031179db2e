import { concat } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'

/** The little of CBOR (RFC 8949) that a compact reading uses: definite integers, byte and text strings, map heads. */

const MAJOR = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6 } as const
const UINT32 = 2 ** 32

/** Head of an item with its argument in the shortest form (RFC 8949 §4.2.1). */
function head(major: number, argument: number): Uint8Array {
  const type = major << 5
  if (argument < 24) return Uint8Array.of(type | argument)
  if (argument < 0x100) return Uint8Array.of(type | 24, argument)
  const length = argument < 0x10000 ? 2 : argument < UINT32 ? 4 : 8
  const bytes = new Uint8Array(1 + length)
  const view = new DataView(bytes.buffer)
  bytes[0] = type | { 2: 25, 4: 26, 8: 27 }[length]
  if (length === 2) view.setUint16(1, argument)
  else if (length === 4) view.setUint32(1, argument)
  else view.setBigUint64(1, BigInt(argument))
  return bytes
}

export const encodeInteger = (value: number): Uint8Array =>
  value < 0 ? head(MAJOR.negative, -1 - value) : head(MAJOR.unsigned, value)
export const encodeBytes = (bytes: Uint8Array): Uint8Array =>
  concat(head(MAJOR.bytes, bytes.length), bytes)
export const encodeText = (bytes: Uint8Array): Uint8Array =>
  concat(head(MAJOR.text, bytes.length), bytes)
export const encodeMapHead = (size: number): Uint8Array => head(MAJOR.map, size)

/** Reads items in order; throws `malformed` where another item, or the end, comes. Shortest forms are the caller's to compare. */
export class CborReader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Takes exactly these bytes. */
  expect(bytes: Uint8Array): void {
    const got = this.#take(bytes.length)
    if (!bytes.every((byte, index) => byte === got[index]))
      this.#refuse('the fixed bytes of the format')
  }

  integer(): number {
    const [major, argument] = this.#head()
    if (major === MAJOR.unsigned) return argument
    if (major === MAJOR.negative) return -1 - argument
    return this.#refuse('an integer')
  }

  bytes(): Uint8Array {
    return this.#string(MAJOR.bytes, 'a byte string')
  }

  text(): Uint8Array {
    return this.#string(MAJOR.text, 'a text string')
  }

  mapSize(): number {
    const [major, size] = this.#head()
    return major === MAJOR.map ? size : this.#refuse('a map')
  }

  /** The bytes of the next item, whatever it is and holds. */
  item(): Uint8Array {
    const start = this.#offset
    for (let left = 1; left > 0; left -= 1) left += this.#itemsWithin()
    return this.#bytes.subarray(start, this.#offset)
  }

  isAtEnd(): boolean {
    return this.#offset === this.#bytes.length
  }

  /** Passes a head and its string, if it has one; answers how many items belong to it. */
  #itemsWithin(): number {
    const [major, argument] = this.#head()
    switch (major) {
      case MAJOR.bytes:
      case MAJOR.text:
        this.#take(argument)
        return 0
      case MAJOR.array:
        return argument
      case MAJOR.map:
        return 2 * argument
      case MAJOR.tag:
        return 1
      default:
        return 0
    }
  }

  #string(expected: number, what: string): Uint8Array {
    const [major, length] = this.#head()
    return major === expected ? this.#take(length) : this.#refuse(what)
  }

  #head(): [number, number] {
    const [first = 0] = this.#take(1)
    const major = first >> 5
    const info = first & 0x1f
    if (info < 24) return [major, info]
    if (info > 27) return this.#refuse('a definite length')
    const bytes = this.#take(2 ** (info - 24))
    const argument = bytes.reduce((sum, byte) => sum * 0x100 + byte, 0)
    return Number.isSafeInteger(argument) ? [major, argument] : this.#refuse('a number below 2^53')
  }

  #take(length: number): Uint8Array {
    const end = this.#offset + length
    if (end > this.#bytes.length) this.#refuse(`${length} more bytes`)
    const taken = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return taken
  }

  #refuse(expected: string): never {
    throw new CodedError(
      'malformed',
      `CBOR: expected ${expected} at byte ${this.#offset} of ${this.#bytes.length}`,
    )
  }
}

/** The items of a CBOR sequence (RFC 8742), one after the other; throws `malformed` where they cannot be told apart. */
export function* sequenceItems(bytes: Uint8Array): Generator<Uint8Array> {
  const reader = new CborReader(bytes)
  while (!reader.isAtEnd()) yield reader.item()
}
