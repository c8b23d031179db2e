import { sha256, toHex } from '../../shared/bytes.ts'
import { CodedError } from '../../shared/coded-error.ts'
import { outageReading, type LedgerDeviceEvent } from '../../shared/outage/index.ts'
import { orderedAt, type DeviceEventRecord, type ReadingRecord } from '../../shared/record/index.ts'
import { signedPart, standingAt } from '../../shared/verification/index.ts'
import { Contradiction } from '../contradiction.ts'
import type { CondensedReadings } from './condensed-readings.ts'
import type { LedgerEntry } from './read-ledger.ts'
import { signatureChecker } from './signature.ts'

type EventName = DeviceEventRecord['event']

/**
 * Standings from which an event may follow in the ledger of one area; null: the area does not know the device. Whoever leaves
 * for another area is suspended in this one, and enrolled again on return.
 */
const ALLOWED_FROM: Record<EventName, readonly (string | null)[]> = {
  enrolled: [null, 'suspended'],
  key_rotated: ['active', 'suspended'],
  moved: ['active', 'suspended'],
  suspended: ['active'],
  resumed: ['suspended'],
  revoked: ['active', 'suspended'],
}
const BRINGS_A_KEY: readonly EventName[] = ['enrolled', 'key_rotated']

/** Devices as the records of one area tell of them; every record is checked as it comes. */
export class DeviceRegistry {
  /** By device, in the order of the ledger. */
  readonly events = new Map<string, LedgerDeviceEvent[]>()
  readonly #readings: Pick<CondensedReadings, 'add'>
  readonly #isSignedBy = signatureChecker()
  #waiting: { record: ReadingRecord; leafHash: string; place: string }[] = []
  #waitingAt = ''

  /** Readings that hold go to `readings`. */
  constructor(readings: Pick<CondensedReadings, 'add'>) {
    this.#readings = readings
  }

  /** Takes the next record of the area. Throws a `Contradiction` with `enrolment` or `device_signature`. */
  take({ record, leafHash, place }: LedgerEntry): void {
    if (orderedAt(record) !== this.#waitingAt) this.settle()
    this.#waitingAt = orderedAt(record)
    if (record.type === 'device_event') this.#takeEvent(record, leafHash, place)
    if (record.type === 'reading') this.#waiting.push({ record, leafHash, place })
  }

  /**
   * Judges the readings that wait. Records of one millisecond stand in the order of their hashes, so an event may follow
   * the reading that it made count: readings wait until that millisecond has passed, or their batch has ended.
   */
  settle(): void {
    for (const { record, leafHash, place } of this.#waiting) {
      this.#takeReading(record, leafHash, place)
    }
    this.#waiting = []
  }

  #takeEvent(record: DeviceEventRecord, leafHash: string, place: string): void {
    const { device_id, public_key } = record.device
    const events = this.events.get(device_id) ?? []
    const { standing, key } = standingAt(recordsOf(events), record.at)
    const before = key === null ? null : standing
    const what = `${place}: device ${device_id}`
    if (!ALLOWED_FROM[record.event].includes(before)) {
      const allowed = ALLOWED_FROM[record.event].map((name) => name ?? 'not enrolled').join(' or ')
      throw new Contradiction(
        'enrolment',
        `${what}: ${record.event}: expected it ${allowed} before, got ${before ?? 'not enrolled'}`,
      )
    }
    if (!BRINGS_A_KEY.includes(record.event) && key !== public_key) {
      throw new Contradiction(
        'enrolment',
        `${what}: ${record.event}: expected its key ${key}, got ${public_key}`,
      )
    }
    events.push({ record, leafHash })
    this.events.set(device_id, events)
  }

  #takeReading(record: ReadingRecord, leafHash: string, place: string): void {
    const { device_id, seq } = record.reading
    const events = this.events.get(device_id) ?? []
    const what = `${place}: device ${device_id}`
    const { key, standing } = standingAt(recordsOf(events), record.received_at)
    if (key === null || standing !== 'active') {
      throw new Contradiction(
        'enrolment',
        `${what}: expected it enrolled and active at ${record.received_at}, got ${key === null ? 'no enrolment' : standing}`,
      )
    }
    const digest = this.#signedDigest(record, key, `${what}: reading ${seq}`)
    this.#readings.add(device_id, outageReading(record, { digest, leafHash }))
  }

  #signedDigest(record: ReadingRecord, key: string, what: string): string {
    try {
      const { message, signature, signed } = signedPart(record)
      if (this.#isSignedBy(key, message, signature)) return toHex(sha256(signed))
    } catch (cause) {
      if (!(cause instanceof CodedError)) throw cause
      throw new Contradiction('device_signature', `${what}: ${cause.message}`, { cause })
    }
    throw new Contradiction(
      'device_signature',
      `${what}: expected a signature by the enrolled key ${key}, got another`,
    )
  }
}

const recordsOf = (events: readonly LedgerDeviceEvent[]): DeviceEventRecord[] =>
  events.map(({ record }) => record)
