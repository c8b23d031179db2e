import { standingOf } from '../../../shared/complaint/index.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseRecord, type ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { RecordRow } from '../../models/index.ts'
import { areaAncestry } from '../area/area-ancestry.ts'
import { eraseAtOf, fieldsOf } from '../complaint/complaint-row.ts'
import { erasedBy, finishPendingStep } from '../complaint/record-complaint-event.ts'
import { forgetPhotos } from '../complaint/stored-photos.ts'
import type { Deps } from '../deps.ts'
import { expectIntact } from '../ledger/record-bodies.ts'
import type { RestoredRecord } from './restored-record.ts'

/**
 * Makes the rows of the complaints these records tell of say what all their events say. Personal values and secret links are on no
 * ledger: a row keeps those it has, but for what was erased since. Repeatable.
 */
export async function restoreComplaints(
  deps: Deps,
  records: readonly RestoredRecord[],
): Promise<void> {
  const ids = new Set(
    records.flatMap(({ record }) =>
      record.type === 'complaint_event' ? [record.complaint_id] : [],
    ),
  )
  for (const id of ids) await restoreComplaint(deps, id)
}

async function restoreComplaint(deps: Deps, _id: string): Promise<void> {
  const { models } = deps
  const undecided = await models.complaints.findById(_id).lean()
  if (undecided?.pending_event) await finishPendingStep(deps, undecided)
  const rows = await models.records.find({ type: 'complaint_event', complaint_id: _id }).lean()
  const events = rows.map(eventOf).toSorted((a, b) => a.n - b.n)
  const standing = standingOf(events)
  const erased = new Set(events.flatMap((event) => [...erasedBy(event)]))
  const known = await models.complaints.findById(_id, { secrets: 1 }).lean()
  const secrets = (known?.secrets ?? []).filter(({ n }) => !erased.has(n))
  await forgetPhotos(
    deps,
    (known?.secrets ?? []).filter(({ n }) => erased.has(n)),
  )
  const { ancestorsOf } = await areaAncestry(deps, [standing.areaId])
  await models.complaints.updateOne(
    { _id },
    {
      $set: {
        ...fieldsOf(standing),
        secrets,
        erase_at: eraseAtOf(standing, secrets, deps.complaintDesk),
        pending_event: null,
        changed_at: new Date(standing.latestAt),
      },
      $unset: { is_pending: 1 },
      $setOnInsert: { tokens: [], areas: [standing.areaId, ...ancestorsOf(standing.areaId)] },
    },
    { upsert: true },
  )
}

function eventOf(row: RecordRow): ComplaintEventRecord {
  expectIntact(row)
  const record = parseRecord(parseJson(row.body))
  if (record.type !== 'complaint_event')
    throw new Error(`record ${row._id}: expected a complaint event, got a ${record.type}`)
  return record
}
