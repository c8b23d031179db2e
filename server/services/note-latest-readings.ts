import type { UnsignedReading } from '../../shared/reading/index.ts'
import type { RecordRow } from '../models/index.ts'
import type { Deps } from './deps.ts'

/** A reading that is among the records, with its row there. */
export interface NotableReading {
  reading: UnsignedReading
  row: Pick<RecordRow, '_id' | 'ordered_at'>
}

/**
 * Lets the device rows follow the newest reading by number. Derived state: it needs no journal. Repeatable: a reading
 * that was noted, or is older than what was, changes nothing; so a crash before it is mended when the sender, who had
 * no answer, sends again.
 */
export async function noteLatestReadings(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  stored: readonly NotableReading[],
): Promise<void> {
  if (stored.length === 0) return
  const changedAt = clock.now()
  const bySeq = stored.toSorted((a, b) => a.reading.seq - b.reading.seq)
  await models.devices.collection.bulkWrite(
    bySeq.map(({ reading, row }) => {
      const isSameStatus = { $eq: ['$last.power_status', reading.power_status] }
      return {
        updateOne: {
          filter: {
            _id: reading.device_id as never,
            $or: [{ last: null }, { 'last.seq': { $lt: reading.seq } }],
          },
          update: [
            {
              $set: {
                changed_at: { $cond: [isSameStatus, '$changed_at', changedAt] },
                last: {
                  seq: reading.seq,
                  power_status: reading.power_status,
                  timestamp: reading.timestamp,
                  since: { $cond: [isSameStatus, '$last.since', reading.timestamp] },
                  received_at: row.ordered_at,
                  leaf_hash: row._id,
                },
              },
            },
          ],
        },
      }
    }),
    { ordered: true, writeConcern: { w: 1, journal: false } },
  )
}
