/** The bytes that now stand from `offset` on. */
type FlashChanged = (offset: number, bytes: Uint8Array) => void

/**
 * NOR flash: a write can only clear bits, an erase sets a sector to ones; what breaks the rules of encrypted flash (whole
 * blocks of 16, each written once between erases) throws. Power may fail inside any write or erase.
 */
export class NorFlash {
  static readonly SECTOR_BYTES = 4096
  static readonly BLOCK_BYTES = 16
  readonly bytes: Uint8Array
  /** Writes and erases so far. */
  operations = 0
  /** Power fails inside the operation after so many; infinity: never. */
  cutAfter = Number.POSITIVE_INFINITY
  readonly #written: Uint8Array
  readonly #changed: FlashChanged

  /** `contents`: what stands in it already; `changed` is told every change before the next operation. */
  constructor(
    sizeBytes: number,
    { contents, changed = () => {} }: { contents?: Uint8Array; changed?: FlashChanged } = {},
  ) {
    const { BLOCK_BYTES } = NorFlash
    if (contents && contents.length !== sizeBytes)
      throw new Error(`flash: expected ${sizeBytes} bytes, got ${contents.length}`)
    this.bytes = contents ?? new Uint8Array(sizeBytes).fill(0xff)
    this.#written = Uint8Array.from({ length: sizeBytes / BLOCK_BYTES }, (_, block) =>
      this.isBlank(block * BLOCK_BYTES, BLOCK_BYTES) ? 0 : 1,
    )
    this.#changed = changed
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.slice(offset, offset + length)
  }

  /** False when power failed on the way: half of it is there. */
  write(offset: number, bytes: Uint8Array): boolean {
    const { BLOCK_BYTES } = NorFlash
    if (offset % BLOCK_BYTES !== 0 || bytes.length % BLOCK_BYTES !== 0)
      throw new Error(`flash: expected whole blocks, got ${bytes.length} bytes at ${offset}`)
    const cut = this.#cut()
    const length = cut ? Math.floor(bytes.length / 2) : bytes.length
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const block = (offset + at) / BLOCK_BYTES
      if (this.#written[block]) throw new Error(`flash: block ${block} is written a second time`)
      this.#written[block] = 1
    }
    for (const [at, byte] of bytes.subarray(0, length).entries())
      this.bytes[offset + at] = (this.bytes[offset + at] ?? 0) & byte
    this.#changed(offset, this.bytes.subarray(offset, offset + length))
    return !cut
  }

  erase(offset: number): boolean {
    const { SECTOR_BYTES, BLOCK_BYTES } = NorFlash
    const cut = this.#cut()
    const length = cut ? SECTOR_BYTES / 2 : SECTOR_BYTES
    this.bytes.fill(0xff, offset, offset + length)
    this.#written.fill(0, offset / BLOCK_BYTES, (offset + length) / BLOCK_BYTES)
    this.#changed(offset, this.bytes.subarray(offset, offset + length))
    return !cut
  }

  isBlank(offset: number, length: number): boolean {
    return this.bytes.subarray(offset, offset + length).every((byte) => byte === 0xff)
  }

  #cut(): boolean {
    this.operations += 1
    if (this.operations <= this.cutAfter) return false
    this.cutAfter = Number.POSITIVE_INFINITY
    return true
  }
}
