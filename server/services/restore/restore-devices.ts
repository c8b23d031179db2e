import { parseJson } from '../../../shared/json.ts'
import { parseRecord } from '../../../shared/record/index.ts'
import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { finishPendingEvent, rowAfter, type DecidedEvent } from '../device/record-device-event.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import type { RestoredRecord } from './restored-record.ts'

/** Makes the rows of the devices these records tell of say what all their events say, in whatever areas. Repeatable. */
export async function restoreDevices(
  deps: Pick<Deps, 'models'>,
  records: readonly RestoredRecord[],
): Promise<void> {
  const { models } = deps
  const ids = new Set(
    records.flatMap(({ record }) =>
      record.type === 'device_event' ? [record.device.device_id] : [],
    ),
  )
  if (ids.size === 0) return
  const ofThese = { $in: [...ids] }
  const undecided = { _id: ofThese, pending_event: { $ne: null } }
  for (const row of await models.devices.find(undecided).lean()) await finishPendingEvent(deps, row)
  const rows = await models.records.find({ type: 'device_event', device_id: ofThese }).lean()
  const byDevice = Map.groupBy(rows.map(decidedEvent), ({ record }) => record.device.device_id)
  for (const [_id, unordered] of byDevice) {
    const events = unordered.toSorted((a, b) => (a.record.at < b.record.at ? -1 : 1))
    const after = rowAfter(events)
    const noLonger = after.point ? { location_commitment: 1 } : { point: 1 }
    await models.devices.updateOne(
      { _id },
      {
        $set: {
          ...after,
          enrolled_at: new Date(events[0]?.record.at ?? 0),
          latest_event: events.at(-1)?.leafHash,
          changing_until: null,
          pending_event: null,
        },
        $unset: noLonger,
        $setOnInsert: { last: null, changed_at: null },
      },
      { upsert: true },
    )
  }
}

function decidedEvent(row: RecordRow): DecidedEvent {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'device_event')
    throw new Error(`record ${row._id}: expected a device event, got a ${record.type}`)
  return { record, body: row.body, leafHash: row._id }
}
