import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { readAhead } from '../read-ahead.ts'
import { leavesOf, type Leaves } from './leaf-list.ts'
import { expectIntact } from './record-bodies.ts'

const RECORDS_AT_A_TIME = 1_000
const EVENTS: RecordRow['type'][] = ['device_event', 'complaint_event']

type WaitingRow = Pick<RecordRow, '_id' | 'ordered_at' | 'type' | 'body'>
type Place = Pick<RecordRow, '_id' | 'ordered_at'>

interface Waiting {
  leaves: Leaves
  events: ReadonlySet<string>
  last: Place
}

/**
 * Leaf hashes of the waiting records of an area in the order of a batch, as many as it may hold; null where none waits. Every
 * body is compared with its hash. Throws `record_damaged`.
 */
export async function waitingLeaves(deps: Deps, areaId: string): Promise<Leaves | null> {
  let waiting = await readWaiting(deps, areaId)
  while (waiting && (await hasMissedEvent(deps, areaId, waiting)))
    waiting = await readWaiting(deps, areaId, waiting.last.ordered_at)
  return waiting?.leaves ?? null
}

async function readWaiting(
  { models, settings }: Deps,
  areaId: string,
  until?: Date,
): Promise<Waiting | null> {
  const cursor = models.records.collection
    .find<WaitingRow>(
      { area_id: areaId, batch_number: null, ...(until && { ordered_at: { $lte: until } }) },
      { projection: { body: 1, ordered_at: 1, type: 1 }, batchSize: RECORDS_AT_A_TIME },
    )
    .sort({ ordered_at: 1, _id: 1 })
    .limit(settings.maxBatchRecords)
  const parts: Leaves[] = []
  const events = new Set<string>()
  let last: Place | undefined
  for await (const rows of readAhead(cursor)) {
    for (const row of rows) {
      expectIntact(row)
      if (row.type !== 'reading') events.add(row._id)
    }
    parts.push(leavesOf(rows.map(({ _id }) => _id)))
    last = rows.at(-1)
  }
  return last ? { leaves: Buffer.concat(parts), events, last } : null
}

/**
 * Whether an event of a device or complaint that belongs before the last record read was not among them: it is dated when it
 * is decided and inserted a moment later, which may be after the cursor went by. It is always inserted before the readings
 * it makes count, so whatever of these was read, its event is found now.
 */
async function hasMissedEvent(
  { models }: Deps,
  areaId: string,
  { events, last }: Waiting,
): Promise<boolean> {
  const found = await models.records
    .find(
      {
        area_id: areaId,
        batch_number: null,
        type: { $in: EVENTS },
        ordered_at: { $lte: last.ordered_at },
      },
      { ordered_at: 1 },
    )
    .lean()
  return found.some(
    ({ _id, ordered_at }) => !events.has(_id) && (ordered_at < last.ordered_at || _id < last._id),
  )
}
