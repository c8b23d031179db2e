import type { UnsignedReading } from '../../../shared/reading/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'

/** A reading that is among the records, with its row there. */
export interface NotableReading {
  reading: UnsignedReading
  row: Pick<RecordRow, '_id' | 'ordered_at'>
}

/** A note is visible this long after its `noted_at` at most: who follows it looks back as far. */
export const NOTED_WITHIN_MS = 2_000

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
  const ofDevices = Map.groupBy(bySeq, ({ reading }) => reading.device_id)
  const { collection } = models.devices
  const written = { writeConcern: { w: 1, journal: false } } as const
  let beganMs = performance.now()
  await collection.bulkWrite(
    inTurns([...ofDevices.values()].map(runsOf)).map((runs) => noteAll(runs, changedAt)),
    { ordered: true, ...written },
  )
  // A database that stalls dates a note when it begins: it is dated again, until that goes fast enough.
  while (performance.now() - beganMs > NOTED_WITHIN_MS) {
    beganMs = performance.now()
    const ids = { $in: [...ofDevices.keys()] as never[] }
    await collection.updateMany({ _id: ids }, [{ $set: { noted_at: '$$NOW' } }], written)
  }
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

/** The runs of many devices in turns, no device twice in one: first the first of each, then the second of those with more. */
function inTurns(ofDevices: readonly Run[][]): Run[][] {
  const turns: Run[][] = []
  for (const runs of ofDevices)
    for (const [turn, run] of runs.entries()) (turns[turn] ??= []).push(run)
  return turns
}

const IS_NEWER = { $lt: [{ $ifNull: ['$last.seq', 0] }, '$$heard.last.seq'] }
const IS_SAME_STATUS = { $eq: ['$last.power_status', '$$heard.last.power_status'] }
/** Time of the first reading of a run behind what the row says. */
const FIRST_UNHEARD_OF = {
  $let: {
    vars: {
      first: {
        $first: {
          $filter: {
            input: '$$heard.run',
            cond: { $gt: ['$$this.seq', { $ifNull: ['$last.seq', 0] }] },
          },
        },
      },
    },
    in: '$$first.timestamp',
  },
}

/**
 * One update for a run each of many devices: what a statement costs the database, all of them share. A row takes the newest
 * reading of its run, and the status counts from the first that the row had not heard of.
 */
function noteAll(runs: readonly Run[], changedAt: Date) {
  const ids = runs.map(([{ reading }]) => reading.device_id)
  const place = { $indexOfArray: [{ $literal: ids }, '$_id'] }
  const noted = {
    noted_at: '$$NOW',
    changed_at: { $cond: [IS_SAME_STATUS, '$changed_at', changedAt] },
    last: {
      $mergeObjects: [
        '$$heard.last',
        { since: { $cond: [IS_SAME_STATUS, '$last.since', FIRST_UNHEARD_OF] } },
      ],
    },
  }
  return {
    updateMany: {
      filter: { _id: { $in: ids as never[] } },
      update: [
        {
          $replaceWith: {
            $let: {
              vars: { heard: { $arrayElemAt: [{ $literal: runs.map(heardIn) }, place] } },
              in: { $cond: [IS_NEWER, { $mergeObjects: ['$$ROOT', noted] }, '$$ROOT'] },
            },
          },
        },
      ],
    },
  }
}

function heardIn(run: Run) {
  const { reading, row } = run.at(-1) ?? run[0]
  return {
    run: run.map(({ reading: { seq, timestamp } }) => ({ seq, timestamp })),
    last: {
      seq: reading.seq,
      power_status: reading.power_status,
      timestamp: reading.timestamp,
      received_at: row.ordered_at,
      leaf_hash: row._id,
    },
  }
}
