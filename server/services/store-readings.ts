import type { Acceptance } from '../../shared/api/readings.ts'
import type { Reading } from '../../shared/reading/index.ts'
import type { RecordRow } from '../models/index.ts'
import type { Deps } from './deps.ts'
import { insertNew } from './insert-new.ts'
import { noteLatestReadings } from './note-latest-readings.ts'
import { signReceipt } from './sign-receipt.ts'

/** A reading whose signature holds, with the row it becomes. */
export interface StorableReading {
  reading: Reading
  row: RecordRow & { seq: number }
}

/** Stores readings under the identity (device, seq), each at most once, and answers for each after the journal has it. */
export async function storeReadings(
  deps: Deps,
  storable: readonly StorableReading[],
): Promise<Map<StorableReading, Acceptance>> {
  const refused = await insertNew(
    deps.models.records,
    storable.map(({ row }) => row),
  )
  const accepted = storable.filter((_, index) => !refused.has(index))
  await noteLatestReadings(deps, accepted)

  const answers = new Map<StorableReading, Acceptance>()
  for (const item of accepted) answers.set(item, promised(deps, 'accepted', item.row))
  for (const item of storable.filter((_, index) => refused.has(index))) {
    answers.set(item, await answerKnownNumber(deps, item))
  }
  return answers
}

function promised(deps: Deps, status: 'accepted' | 'duplicate', row: RecordRow): Acceptance {
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

/** The number is taken: by the same content it is a duplicate, by other content an equivocation. */
async function answerKnownNumber(
  deps: Deps,
  { reading, row }: StorableReading,
): Promise<Acceptance> {
  const { records, equivocations } = deps.models
  const known = await records.findOne({ device_id: row.device_id, seq: row.seq }).lean()
  if (!known)
    throw new Error(
      `record of ${reading.device_id} number ${reading.seq} is refused as known, yet absent`,
    )
  if (known.digest === row.digest) return promised(deps, 'duplicate', known)

  await insertNew(equivocations, [
    {
      _id: row.digest ?? row._id,
      device_id: reading.device_id,
      seq: reading.seq,
      received_at: row.ordered_at,
      body: row.body,
    },
  ])
  return {
    status: 'rejected',
    code: 'equivocation',
    detail: `seq: ${reading.device_id} used number ${reading.seq} before with other content (record ${known._id}); kept as evidence`,
  }
}
