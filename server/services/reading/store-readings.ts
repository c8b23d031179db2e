import type { Acceptance } from '../../../shared/api/readings.ts'
import type { UnsignedReading } from '../../../shared/reading/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { keepEquivocations } from './keep-equivocations.ts'
import { noteLatestReadings } from './note-latest-readings.ts'
import { recordsByNumber, type RecordEntry } from './records-by-number.ts'
import { signReceipt } from './sign-receipt.ts'

/** A reading whose signature holds, with the row it becomes. */
export interface StorableReading {
  reading: UnsignedReading
  row: RecordRow & { body: string; seq: number; device_id: string; digest: string }
}

/** A reading whose number is taken, with the record that has it. */
interface KnownReading {
  item: StorableReading
  known: RecordEntry
}

/** Stores readings under the identity (device, seq), each at most once, and answers for each in their order after the journal has it. */
export async function storeReadings(
  deps: Deps,
  storable: readonly StorableReading[],
): Promise<Acceptance[]> {
  const refused = await insertNew(
    deps.models.records,
    storable.map(({ row }) => row),
  )
  const accepted = storable.filter((_, index) => !refused.has(index))
  const taken = await findKnown(
    deps,
    storable.filter((_, index) => refused.has(index)),
  )
  // The number is taken: by the same content it is a duplicate, by other content an equivocation.
  const duplicates = taken.filter(({ item, known }) => known.digest === item.row.digest)
  const contradicting = taken.filter(({ item, known }) => known.digest !== item.row.digest)
  // Duplicates too: whoever sends again may have had no answer because the process died before this line.
  await noteLatestReadings(deps, [
    ...accepted,
    ...duplicates.map(({ item, known }) => ({ reading: item.reading, row: known })),
  ])
  await keepEquivocations(
    deps,
    contradicting.map(({ item }) => item.row),
  )
  const answers = new Map<StorableReading, Acceptance>([
    ...accepted.map((item) => [item, promised(deps, 'accepted', item.row)] as const),
    ...duplicates.map(({ item, known }) => [item, promised(deps, 'duplicate', known)] as const),
    ...contradicting.map(({ item, known }) => [item, contradicts(item, known)] as const),
  ])
  return storable.map((item) => answers.get(item) ?? unanswered(item))
}

function unanswered({ row }: StorableReading): never {
  throw new Error(`reading ${row.device_id} number ${row.seq}: neither stored nor known`)
}

/** The records that have these numbers. */
async function findKnown(deps: Deps, items: readonly StorableReading[]): Promise<KnownReading[]> {
  const records = await recordsByNumber(
    deps,
    items.map(({ row }) => row),
  )
  return items.map((item) => {
    const known = records.get(item.row)
    if (!known)
      throw new Error(
        `record of ${item.row.device_id} number ${item.row.seq} is refused as known, yet absent`,
      )
    return { item, known }
  })
}

function promised(deps: Deps, status: 'accepted' | 'duplicate', row: RecordEntry): Acceptance {
  return {
    status,
    leaf_hash: row._id,
    receipt: signReceipt(deps, {
      leafHash: row._id,
      areaId: row.area_id,
      receivedAt: row.ordered_at,
    }),
  }
}

const contradicts = ({ row }: StorableReading, known: RecordEntry): Acceptance => ({
  status: 'rejected',
  code: 'equivocation',
  detail: `seq: ${row.device_id} used number ${row.seq} before with other content (record ${known._id}); contradictions are kept as evidence`,
})
