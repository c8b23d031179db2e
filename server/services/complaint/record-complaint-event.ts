import { toHex, utf8 } from '../../../shared/bytes.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { standingAfter } from '../../../shared/complaint/index.ts'
import { parseJson } from '../../../shared/json.ts'
import { leafHashOf } from '../../../shared/merkle/index.ts'
import { parseRecord, type ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow, PendingComplaintEvent, RecordRow } from '../../models/index.ts'
import { OvertakenError } from './complaint-conflict.ts'
import { expectRoom } from './complaint-room.ts'
import { eraseAtOf, fieldsOf, standingOfRow } from './complaint-row.ts'
import { decideStep, type ComplaintStep, type DecidedStep } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { insertNew } from '../insert-new.ts'
import { forgetPhotos, keepPhotos } from './stored-photos.ts'

/**
 * What happens to a complaint is decided on its row first, as `pending_event`, by compare-and-swap, together with the
 * personal values it commits to; then it becomes a record; then the row takes on what it says. A crash between is finished by
 * whoever meets the pending event next, and by the clock: docs/decisions/0006.
 */

type Finishing = Pick<Deps, 'models' | 'clock' | 'complaintDesk'>

/**
 * Puts the next event of a complaint into the ledger. Throws as `standingAfter` and `expectRoom`, and
 * `OvertakenError` when another event came first.
 */
export async function recordStep(
  deps: Finishing,
  row: ComplaintRow,
  step: ComplaintStep,
): Promise<DecidedStep> {
  const decided = decideStep(
    deps,
    { complaintId: row._id, areaId: row.area_id },
    standingOfRow(row),
    step,
  )
  expectRoom(row, decided.pending, step.actor)
  const claimed = await deps.models.complaints
    .findOneAndUpdate(
      { _id: row._id, latest_event: row.latest_event, pending_event: null },
      { $set: { pending_event: decided.pending, is_pending: true } },
      { returnDocument: 'after' },
    )
    .lean()
  if (!claimed) throw new OvertakenError(row._id)
  await finishPendingStep(deps, claimed)
  return decided
}

/** Finishes the pending event of a complaint, if there is one. Repeatable, by anyone. */
export async function finishPendingStep(deps: Finishing, row: ComplaintRow): Promise<void> {
  const { models, clock } = deps
  const { pending_event: pending } = row
  if (pending === null) return
  const record = readPending(row, pending)
  const standing = standingAfter(standingOfRow(row), record)
  await insertNew(models.records, [rowOfRecord(record, pending.body)])
  await keepPhotos(deps, pending.secrets)
  const erased = erasedBy(record)
  const secrets = [...row.secrets, ...pending.secrets]
  const kept = secrets.filter(({ n }) => !erased.has(n))
  await forgetPhotos(
    deps,
    secrets.filter(({ n }) => erased.has(n)),
  )
  const { token_hash: hash, request_hash: request } = pending
  const tokens =
    hash === null
      ? row.tokens
      : [...row.tokens, { hash, n: record.n, ...(request !== undefined && { request }) }]
  await models.complaints.updateOne(
    { _id: row._id, latest_event: row.latest_event, 'pending_event.body': pending.body },
    {
      $set: {
        ...fieldsOf(standing),
        secrets: kept,
        tokens,
        erase_at: eraseAtOf(standing, kept, deps.complaintDesk),
        pending_event: null,
        changed_at: clock.now(),
      },
      $unset: { is_pending: 1 },
    },
  )
}

function readPending(row: ComplaintRow, { body }: PendingComplaintEvent): ComplaintEventRecord {
  const record = parseRecord(parseJson(body))
  if (record.type !== 'complaint_event')
    throw new Error(`complaint ${row._id}: its pending event is a ${record.type}`)
  return record
}

/** The row of a complaint event that waits for its batch. */
export const rowOfRecord = (record: ComplaintEventRecord, body: string): RecordRow => ({
  _id: toHex(leafHashOf(utf8(body))),
  area_id: record.area_id,
  type: 'complaint_event',
  ordered_at: new Date(record.at),
  body,
  batch_number: null,
  complaint_id: record.complaint_id,
})

/** Numbers of the events whose values an event erases. */
export const erasedBy = ({ event, public: said }: ComplaintEventRecord): ReadonlySet<unknown> =>
  new Set(event === 'redacted' && Array.isArray(said.events) ? said.events : [])

/** The row of a complaint with nothing pending. Throws `not_found`. */
export async function findComplaintRow(
  deps: Finishing,
  complaintId: string,
): Promise<ComplaintRow> {
  const row = await deps.models.complaints.findById(complaintId).lean()
  if (!row) throw new CodedError('not_found', `complaint: none with id ${complaintId}`)
  if (row.pending_event === null) return row
  await finishPendingStep(deps, row)
  return findComplaintRow(deps, complaintId)
}
