import { parseJson } from '../../../shared/json.ts'
import type { LedgerDeviceEvent, OutageReading } from '../../../shared/outage/index.ts'
import { outageReading } from '../../../shared/outage/index.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { failureAfter } from '../ledger/failure.ts'
import { expectIntact } from '../ledger/record-bodies.ts'

/** What the outage rules use of a reading among the records. Throws for one that is damaged. */
export function readingOfRow(row: RecordRow): OutageReading {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'reading' || row.digest === undefined)
    throw new Error(`record ${row._id}: expected a reading with its digest, got a ${record.type}`)
  return outageReading(record, { digest: row.digest, leafHash: row._id })
}

function deviceEventOfRow(row: RecordRow): LedgerDeviceEvent {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'device_event')
    throw new Error(`record ${row._id}: expected a device event, got a ${record.type}`)
  return { record, leafHash: row._id }
}

type Setting = Pick<Deps, 'models' | 'clock'>

/** The reading in a row; null for one that is damaged, which is set aside. */
export const soundReading = (deps: Setting, row: RecordRow): Promise<OutageReading | null> =>
  soundly(deps, row, readingOfRow)

/** The device event in a row; null for one that is damaged, which is set aside. */
export const soundDeviceEvent = (
  deps: Setting,
  row: RecordRow,
): Promise<LedgerDeviceEvent | null> => soundly(deps, row, deviceEventOfRow)

/**
 * A damaged record must not keep all others from being derived: it is left out, and kept as a failure that administrators
 * see. A rebuild looks at it again.
 */
async function soundly<Value>(
  deps: Setting,
  row: RecordRow,
  read: (row: RecordRow) => Value,
): Promise<Value | null> {
  try {
    return read(row)
  } catch (error) {
    const _id = `derive:${row._id}`
    const previous = (await deps.models.failures.findById(_id).lean())?.failure ?? null
    const failure = failureAfter(deps, { step: 'derive', subject: _id }, error, previous)
    await deps.models.failures.updateOne({ _id }, { $set: { failure } }, { upsert: true })
    return null
  }
}
