import { fromHex, toHex } from '../../shared/bytes.ts'
import type { OutageReading } from '../../shared/outage/index.ts'
import { SortedRows } from './sorted-rows.ts'

const DEVICE_ID_BYTES = 9
/** Digests are only compared: 128 bits of SHA-256, for which nobody finds a second text. */
const DIGEST_BYTES = 16
const DIGEST_HEX = 2 * DIGEST_BYTES
const NUMBER_BYTES = 8
/** Times are written from the year 0 on, the first that formats can write: so that their bytes are ordered as they are. */
const YEAR_0_AT = Date.parse('0000-01-01T00:00:00Z')

/** Where each member begins. Of one device the lower number goes first, then what stands before, see `standsBefore`. */
const DEVICE_AT = 0
const SEQ_AT = DEVICE_AT + DEVICE_ID_BYTES
const RECEIVED_AT = SEQ_AT + NUMBER_BYTES
const LEAF_AT = RECEIVED_AT + NUMBER_BYTES
const MEASURED_AT = LEAF_AT + DIGEST_BYTES
const OFF_SINCE_AT = MEASURED_AT + NUMBER_BYTES
const DIGEST_AT = OFF_SINCE_AT + NUMBER_BYTES
const PREVIOUS_AT = DIGEST_AT + DIGEST_BYTES
const FLAGS_AT = PREVIOUS_AT + DIGEST_BYTES
const ROW_BYTES = FLAGS_AT + 1
const FLAG = { on: 1, boot: 2, offSince: 4, previous: 8 } as const

/**
 * What the outage rules use of readings, in 90 bytes each: as many in memory as have room, the rest in a temporary file
 * (`SortedRows`). Digest, `previous` and leaf hash come back as their first 32 hex digits, which is enough to tell
 * them apart.
 */
export class CondensedReadings implements Disposable {
  readonly #rows: SortedRows

  constructor(rows: (rowBytes: number) => SortedRows = (rowBytes) => new SortedRows(rowBytes)) {
    this.#rows = rows(ROW_BYTES)
  }

  /** Takes readings in any order. Throws `unreadable` where the disk is full. */
  add(deviceId: string, reading: OutageReading): void {
    const row = this.#rows.add()
    row.write(deviceId, DEVICE_AT, DEVICE_ID_BYTES, 'hex')
    row.writeDoubleBE(reading.seq, SEQ_AT)
    row.writeDoubleBE(reading.receivedAt - YEAR_0_AT, RECEIVED_AT)
    writeDigest(row, reading.leafHash, LEAF_AT)
    row.writeDoubleBE(reading.measuredAt, MEASURED_AT)
    row.writeDoubleBE(reading.offSinceAt ?? 0, OFF_SINCE_AT)
    writeDigest(row, reading.digest, DIGEST_AT)
    if (reading.previous !== null) writeDigest(row, reading.previous, PREVIOUS_AT)
    row.writeUInt8(flagsOf(reading), FLAGS_AT)
  }

  /**
   * Device by device in order of their ids, those without readings left out. Readings are as `deviceFindings` takes
   * them; the next device may be asked for once they have all been taken.
   */
  *byDevice(): Generator<{ deviceId: string; readings: Iterable<OutageReading> }> {
    const rows = this.#rows[Symbol.iterator]()
    let next = rows.next()
    const sameDevice = function* (deviceId: string): Generator<OutageReading> {
      while (!next.done && deviceIn(next.value) === deviceId) {
        yield readingIn(next.value)
        next = rows.next()
      }
    }
    while (!next.done) {
      const deviceId = deviceIn(next.value)
      yield { deviceId, readings: sameDevice(deviceId) }
    }
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]()
  }
}

const deviceIn = (row: Buffer): string => row.toString('hex', DEVICE_AT, SEQ_AT).toUpperCase()

function readingIn(row: Buffer): OutageReading {
  const flags = row.readUInt8(FLAGS_AT)
  return {
    seq: row.readDoubleBE(SEQ_AT),
    measuredAt: row.readDoubleBE(MEASURED_AT),
    receivedAt: row.readDoubleBE(RECEIVED_AT) + YEAR_0_AT,
    on: (flags & FLAG.on) !== 0,
    boot: (flags & FLAG.boot) !== 0,
    offSinceAt: (flags & FLAG.offSince) === 0 ? null : row.readDoubleBE(OFF_SINCE_AT),
    previous: (flags & FLAG.previous) === 0 ? null : digestIn(row, PREVIOUS_AT),
    digest: digestIn(row, DIGEST_AT),
    leafHash: digestIn(row, LEAF_AT),
  }
}

const writeDigest = (row: Buffer, hex: string, at: number): void =>
  row.set(fromHex(hex.slice(0, DIGEST_HEX)), at)

const digestIn = (row: Buffer, at: number): string => toHex(row.subarray(at, at + DIGEST_BYTES))

const flagsOf = ({ on, boot, offSinceAt, previous }: OutageReading): number =>
  (on ? FLAG.on : 0) |
  (boot ? FLAG.boot : 0) |
  (offSinceAt === null ? 0 : FLAG.offSince) |
  (previous === null ? 0 : FLAG.previous)
