import type { UnsignedReading } from '../../../shared/reading/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** A reading that is among the records, with its row there. */
export interface NotableReading {
  reading: UnsignedReading
  row: Pick<RecordRow, '_id' | 'ordered_at'>
}

/** Readings of one device and one power status with no other between them, in the order of their numbers. */
type Run = [NotableReading, ...NotableReading[]]

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
  const ofDevices = Map.groupBy(bySeq, ({ reading }) => reading.device_id).values()
  await models.devices.collection.bulkWrite(
    [...ofDevices].flatMap(runsOf).map((run) => noteOf(run, changedAt)),
    { ordered: true, writeConcern: { w: 1, journal: false } },
  )
}

function runsOf(ofDevice: readonly NotableReading[]): Run[] {
  const runs: Run[] = []
  for (const next of ofDevice) {
    const run = runs.at(-1)
    if (run?.[0].reading.power_status === next.reading.power_status) run.push(next)
    else runs.push([next])
  }
  return runs
}

/** One update for a run: the row takes its newest reading, and the status counts from its first that the row had not heard of. */
function noteOf(run: Run, changedAt: Date) {
  const { reading, row } = run.at(-1) ?? run[0]
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
              since: { $cond: [isSameStatus, '$last.since', firstUnheardOf(run)] },
              received_at: row.ordered_at,
              leaf_hash: row._id,
            },
          },
        },
      ],
    },
  }
}

/** Time of the first reading of a run behind what the row says. */
function firstUnheardOf(run: Run) {
  if (run.length === 1) return run[0].reading.timestamp
  const unheardOf = {
    $filter: {
      input: run.map(({ reading: { seq, timestamp } }) => ({ seq, timestamp })),
      cond: { $gt: ['$$this.seq', { $ifNull: ['$last.seq', 0] }] },
    },
  }
  return { $let: { vars: { first: { $first: unheardOf } }, in: '$$first.timestamp' } }
}
