import type { MessageRefusalCode } from '../../../shared/api/readings.ts'
import type { UnsignedReading } from '../../../shared/reading/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { keepEquivocations } from './keep-equivocations.ts'
import { recordsByNumber, type RecordEntry } from './records-by-number.ts'

/** A reading whose signature holds, with the row it becomes. */
export interface StorableReading {
  reading: UnsignedReading
  row: RecordRow & { body: string; seq: number; device_id: string; digest: string }
}

/** What became of a reading: its record, which the journal has, or why there is none of it. */
export type ReadingVerdict =
  | { status: 'accepted' | 'duplicate'; record: RecordEntry }
  | { status: 'rejected'; code: MessageRefusalCode; detail: string }

/** Stores readings under the identity (device, seq), each at most once, and tells of each in their order after the journal has it. */
export async function storeReadings(
  deps: Deps,
  storable: readonly StorableReading[],
): Promise<ReadingVerdict[]> {
  const refused = await insertNew(
    deps.models.records,
    storable.map(({ row }) => row),
  )
  const known = await findKnown(
    deps,
    storable.filter((_, index) => refused.has(index)),
  )
  await keepEquivocations(
    deps,
    [...known].flatMap(([{ row }, record]) => (record.digest === row.digest ? [] : [row])),
  )
  return storable.map((item) => verdictOn(item, known.get(item)))
}

/** The records that have the numbers of these readings. */
async function findKnown(
  deps: Deps,
  items: readonly StorableReading[],
): Promise<Map<StorableReading, RecordEntry>> {
  const records = await recordsByNumber(
    deps,
    items.map(({ row }) => row),
  )
  return new Map(items.map((item) => [item, records.get(item.row) ?? absent(item)]))
}

function absent({ row: { device_id, seq } }: StorableReading): never {
  throw new Error(`record of ${device_id} number ${seq} is refused as known, yet absent`)
}

/** Where the number was taken: by the same content it is a duplicate, by other content an equivocation. */
function verdictOn({ row }: StorableReading, known: RecordEntry | undefined): ReadingVerdict {
  if (!known) return { status: 'accepted', record: row }
  if (known.digest === row.digest) return { status: 'duplicate', record: known }
  return {
    status: 'rejected',
    code: 'equivocation',
    detail: `seq: ${row.device_id} used number ${row.seq} before with other content (record ${known._id}); contradictions are kept as evidence`,
  }
}
