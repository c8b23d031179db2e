import { parseJson } from '../../../shared/json.ts'
import { parseRecord, type LedgerRecord } from '../../../shared/record/index.ts'
import { signedPart } from '../../../shared/verification/index.ts'
import type { RecordRow } from '../../models/index.ts'
import { rowOfRecord as rowOfComplaintEvent } from '../complaint/record-complaint-event.ts'
import { rowOfRecord as rowOfDeviceEvent } from '../device/record-device-event.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import { rowOfReading } from '../reading/reading-row.ts'

/** A record of a batch file with the row it was. */
export interface RestoredRecord {
  record: LedgerRecord
  row: RecordRow
}

/** The record of a line of a batch file. Throws `record_damaged` where it has another leaf hash. */
export function restoredRecord(
  body: string,
  leafHash: string,
  batchNumber: number,
): RestoredRecord {
  expectIntact({ _id: leafHash, body })
  const record = parseRecord(parseJson(body))
  return { record, row: { ...waitingRow(record, body, leafHash), batch_number: batchNumber } }
}

function waitingRow(record: LedgerRecord, body: string, leafHash: string): RecordRow {
  switch (record.type) {
    case 'reading':
      return rowOfReading({ record, body, leafHash, signed: signedPart(record).signed })
    case 'device_event':
      return rowOfDeviceEvent({ record, body, leafHash })
    case 'complaint_event':
      return rowOfComplaintEvent(record, body)
  }
}
