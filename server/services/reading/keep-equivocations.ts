import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { anyOfNumbers, type ReadingNumber } from './records-by-number.ts'

/** Contradictions kept of one number: a few prove it as well as a million, which would fill the disk. */
const MAX_KEPT_PER_NUMBER = 10

type Contradicting = Pick<RecordRow, 'ordered_at'> &
  ReadingNumber & { body: string; digest: string }

/** Keeps signed readings that contradict a record of the same number, each content once, up to a limit a number. */
export async function keepEquivocations(
  { models }: Pick<Deps, 'models'>,
  rows: readonly Contradicting[],
): Promise<void> {
  if (rows.length === 0) return
  const { equivocations } = models
  const kept = await equivocations
    .find(anyOfNumbers(rows), { device_id: 1, seq: 1 })
    .limit(MAX_KEPT_PER_NUMBER * rows.length)
    .lean()
  const keptIds = new Map(
    [...Map.groupBy(kept, numberOf)].map(([number, found]) => [
      number,
      new Set(found.map(({ _id }) => _id)),
    ]),
  )
  const added = rows.filter((row) => {
    const ids = keptIds.get(numberOf(row)) ?? new Set()
    keptIds.set(numberOf(row), ids)
    if (ids.size >= MAX_KEPT_PER_NUMBER) return false
    ids.add(row.digest)
    return true
  })
  await insertNew(
    equivocations,
    added.map(({ digest, device_id, seq, ordered_at, body }) => ({
      _id: digest,
      device_id,
      seq,
      received_at: ordered_at,
      body,
    })),
  )
}

const numberOf = ({ device_id, seq }: ReadingNumber): string => `${device_id} ${seq}`
