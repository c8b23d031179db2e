import type { Deps } from './deps.ts'
import type { StorableReading } from './store-readings.ts'

/**
 * Lets the device rows follow the newest reading by number. Derived state: it needs no journal, and a crash before it
 * is mended by the device's next reading.
 */
export async function noteLatestReadings(
  { models, clock }: Pick<Deps, 'models' | 'clock'>,
  stored: readonly StorableReading[],
): Promise<void> {
  if (stored.length === 0) return
  const changedAt = clock.now()
  const bySeq = stored.toSorted((a, b) => a.row.seq - b.row.seq)
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
