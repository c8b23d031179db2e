import { hash } from 'node:crypto'
import type { ReadingRecord } from '../../../shared/record/index.ts'
import type { StorableReading } from './store-readings.ts'

/** A reading's record with its canonical text, its leaf hash and the bytes its device signed. */
export interface ReadingOnRecord {
  record: ReadingRecord
  body: string
  leafHash: string
  signed: Uint8Array
}

/** The row of a reading that waits for a batch. */
export function rowOfReading({
  record,
  body,
  leafHash,
  signed,
}: ReadingOnRecord): StorableReading['row'] {
  const { device_id, seq, timestamp } = record.reading
  return {
    _id: leafHash,
    area_id: record.area_id,
    type: 'reading',
    ordered_at: new Date(record.received_at),
    body,
    batch_number: null,
    underived: true,
    device_id,
    seq,
    measured_at: new Date(timestamp),
    // As `signedDigest`, by the runtime's own faster SHA-256.
    digest: hash('sha256', signed),
  }
}
