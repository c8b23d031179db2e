import { fromHex, toHex } from '../../shared/bytes.ts'
import type { OutageReading } from '../../shared/outage/index.ts'

/** Digests are only compared for equality: 128 bits of SHA-256, for which nobody finds a second text. */
const DIGEST_BYTES = 16
const DIGEST_HEX = 2 * DIGEST_BYTES

/** One row: four numbers, flags, three digests. */
const AT = { seq: 0, measured: 8, received: 16, offSince: 24, flags: 32, digest: 33 } as const
const PREVIOUS_AT = AT.digest + DIGEST_BYTES
const LEAF_AT = PREVIOUS_AT + DIGEST_BYTES
const ROW_BYTES = LEAF_AT + DIGEST_BYTES
const FLAG = { on: 1, boot: 2, offSince: 4, previous: 8 } as const
const FIRST_ROWS = 8

/**
 * What the outage rules use of the readings of one device in 81 bytes each. Digest, `previous` and
 * leaf hash come back as their first 32 hex digits, which is enough to tell them apart.
 */
export class CondensedReadings implements Iterable<OutageReading> {
  #bytes = new Uint8Array(FIRST_ROWS * ROW_BYTES)
  #count = 0

  add(reading: OutageReading): void {
    const from = this.#count * ROW_BYTES
    if (from === this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    const row = new DataView(this.#bytes.buffer, from, ROW_BYTES)
    row.setFloat64(AT.seq, reading.seq)
    row.setFloat64(AT.measured, reading.measuredAt)
    row.setFloat64(AT.received, reading.receivedAt)
    row.setFloat64(AT.offSince, reading.offSinceAt ?? 0)
    row.setUint8(AT.flags, flagsOf(reading))
    this.#setDigest(from + AT.digest, reading.digest)
    if (reading.previous !== null) this.#setDigest(from + PREVIOUS_AT, reading.previous)
    this.#setDigest(from + LEAF_AT, reading.leafHash)
    this.#count += 1
  }

  *[Symbol.iterator](): Generator<OutageReading> {
    for (let from = 0; from < this.#count * ROW_BYTES; from += ROW_BYTES) {
      const row = new DataView(this.#bytes.buffer, from, ROW_BYTES)
      const flags = row.getUint8(AT.flags)
      yield {
        seq: row.getFloat64(AT.seq),
        measuredAt: row.getFloat64(AT.measured),
        receivedAt: row.getFloat64(AT.received),
        on: (flags & FLAG.on) !== 0,
        boot: (flags & FLAG.boot) !== 0,
        offSinceAt: (flags & FLAG.offSince) === 0 ? null : row.getFloat64(AT.offSince),
        previous: (flags & FLAG.previous) === 0 ? null : this.#digest(from + PREVIOUS_AT),
        digest: this.#digest(from + AT.digest),
        leafHash: this.#digest(from + LEAF_AT),
      }
    }
  }

  #setDigest(at: number, hex: string): void {
    this.#bytes.set(fromHex(hex.slice(0, DIGEST_HEX)), at)
  }

  #digest(at: number): string {
    return toHex(this.#bytes.subarray(at, at + DIGEST_BYTES))
  }
}

const flagsOf = ({ on, boot, offSinceAt, previous }: OutageReading): number =>
  (on ? FLAG.on : 0) |
  (boot ? FLAG.boot : 0) |
  (offSinceAt === null ? 0 : FLAG.offSince) |
  (previous === null ? 0 : FLAG.previous)
