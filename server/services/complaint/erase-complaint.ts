import type { ComplaintStepAnswer } from '../../../shared/api/complaints.ts'
import type { ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { takeStep } from './complaint-answers.ts'
import { complaintConflict, OvertakenError } from './complaint-conflict.ts'
import { CITIZEN } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { ownedBy } from './describe-complaint.ts'
import { actorOf, type Official } from './official.ts'
import { findComplaintRow } from './record-complaint-event.ts'

/** Erasure: salts and values go, a `redacted` event says of which events, the chain stays whole. */

type Reason = 'asked' | 'retention' | 'unlawful'

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

/** Erases what is due by now, if it still is: it may have been reopened meanwhile, or erased by someone else. */
export async function eraseDue(deps: Deps, complaintId: string): Promise<void> {
  const row = await findComplaintRow(deps, complaintId)
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
    // The next run looks again.
    if (!(error instanceof OvertakenError)) throw error
  }
}
