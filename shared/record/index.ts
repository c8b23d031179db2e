import { canonicalBytes } from '../json.ts'
import { leafHashOf } from '../merkle/index.ts'
import { MalformedError, parseAs } from '../parse.ts'
import type { Hash } from '../bytes.ts'
import { recordSchemaFor, type LedgerRecord } from './schema.ts'

export {
  COMPLAINT_EVENTS,
  deviceFactsSchema,
  DEVICE_EVENTS,
  STAGES,
  type ComplaintEventRecord,
  type DeviceEventRecord,
  type DeviceFacts,
  type LedgerRecord,
  type ReadingRecord,
} from './schema.ts'
export { STANDING_AFTER } from './standing.ts'

/** Parses a record of formats.md §2; throws a `MalformedError`. */
export function parseRecord(value: unknown): LedgerRecord {
  const schema = recordSchemaFor(value)
  if (!schema) {
    throw new MalformedError('record', [
      { path: 'type', message: 'expected reading, device_event or complaint_event' },
    ])
  }
  return parseAs(schema, value, 'record')
}

/** The bytes of a record: its canonical JSON, which are the leaf. */
export const recordBytes = (record: LedgerRecord): Uint8Array => canonicalBytes(record)

/** Leaf hash of a record: SHA-256(0x00 ‖ record bytes). */
export const recordLeafHash = (record: LedgerRecord): Hash => leafHashOf(recordBytes(record))

/** The server time by which a batch orders its records. */
export const orderedAt = (record: LedgerRecord): string =>
  record.type === 'reading' ? record.received_at : record.at
