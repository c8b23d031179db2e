import type { ComplaintStepAnswer } from '../../../shared/api/complaints.ts'
import type { ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { takeStep } from './complaint-answers.ts'
import { complaintConflict, isComplaintConflict } from './complaint-conflict.ts'
import { CITIZEN } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { ownedBy } from './describe-complaint.ts'
import { actorOf, type Official } from './official.ts'
import { findComplaintRow, finishPendingStep } from './record-complaint-event.ts'

/** Erasure: salts and values go, a `redacted` event says of which events, the chain stays whole. */

type Reason = 'asked' | 'retention' | 'unlawful'

/** Complaints finished or erased in one run of the clock. */
const PER_RUN = 200

/** `POST /complaints/{id}/redact`: all that came by this secret link. Throws `not_found`, `forbidden`, `complaint_conflict`. */
export async function eraseOwn(
  deps: Deps,
  complaintId: string,
  token: string,
): Promise<ComplaintStepAnswer> {
  const row = await findComplaintRow(deps, complaintId)
  const owned = ownedBy(row, token)
  const events = numbersOf(row, (secret) => secret.owner === owned && owned !== null)
  return erase(deps, row, events, 'asked', CITIZEN)
}

/** An official's erasure: of the events given, or of all. */
export async function eraseByOfficial(
  deps: Deps,
  row: ComplaintRow,
  official: Official,
  { events, reason }: { events?: number[] | undefined; reason: 'asked' | 'unlawful' },
): Promise<ComplaintStepAnswer> {
  const wanted = numbersOf(row, ({ n }) => events === undefined || events.includes(n))
  return erase(deps, row, wanted, reason, actorOf(official))
}

const numbersOf = (
  { secrets }: ComplaintRow,
  isWanted: (secret: ComplaintRow['secrets'][number]) => boolean,
): number[] => [...new Set(secrets.filter(isWanted).map(({ n }) => n))].sort((a, b) => a - b)

async function erase(
  deps: Deps,
  row: ComplaintRow,
  events: number[],
  reason: Reason,
  actor: ComplaintEventRecord['actor'],
): Promise<ComplaintStepAnswer> {
  if (events.length === 0) throw complaintConflict(row._id, 'nothing personal is left to erase')
  return takeStep(deps, row, {
    event: 'redacted',
    public: { events, reason },
    actor,
    owner: null,
  })
}

/**
 * What the clock does for complaints: finishes events a crash left pending, and erases what is personal in those closed for
 * long enough.
 */
export async function tendComplaints(deps: Deps): Promise<void> {
  const { models, clock } = deps
  for (const row of await models.complaints.find({ is_pending: true }).limit(PER_RUN).lean())
    await finishPendingStep(deps, row)
  const due = await models.complaints
    .find({ erase_at: { $lte: clock.now() } }, { _id: 1 })
    .limit(PER_RUN)
    .lean()
  for (const { _id } of due) await eraseDue(deps, _id)
}

async function eraseDue(deps: Deps, complaintId: string): Promise<void> {
  const row = await findComplaintRow(deps, complaintId)
  // Meanwhile it may have been reopened, or erased by someone else.
  if (!row.erase_at || row.erase_at > deps.clock.now()) return
  try {
    await erase(
      deps,
      row,
      numbersOf(row, () => true),
      'retention',
      { id: 'system', role: 'system' },
    )
  } catch (error) {
    // Another event came first: the next run looks again.
    if (!isComplaintConflict(error)) throw error
  }
}
