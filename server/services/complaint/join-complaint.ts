import type { ComplaintFiled, JoinRequest } from '../../../shared/api/complaints.ts'
import { isClosed } from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { filed } from './complaint-answers.ts'
import { checkWork } from './complaint-challenge.ts'
import { complaintConflict, isComplaintConflict } from './complaint-conflict.ts'
import { CITIZEN } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { answerAgain, linkFor } from './link.ts'
import { findComplaintRow, recordStep } from './record-complaint-event.ts'

/** A complaint takes no more people than this: a row has to hold them. */
const MAX_AFFECTED = 5_000
/** Tries of a step that may come second to another: joining depends on nothing the other changed. */
const TRIES = 5

/**
 * `POST /complaints/{id}/join`: it is my trouble too, once for an idempotency key, however often it comes. Throws `not_found`,
 * `complaint_conflict` once closed, `key_reused`.
 */
export async function joinComplaint(
  deps: Deps,
  complaintId: string,
  { altcha, words, contact }: JoinRequest,
  key: string | null = null,
): Promise<ComplaintFiled> {
  const link = linkFor(key, { complaintId, words: words ?? null, contact: contact ?? null })
  const found = await findComplaintRow(deps, complaintId)
  const before = await answerAgain(deps, found, link)
  if (before) return before
  const work = await checkWork(deps, altcha)
  expectJoinable(found)
  await work.use()
  for (let left = TRIES; ; left -= 1) {
    const row = await findComplaintRow(deps, complaintId)
    const first = await answerAgain(deps, row, link)
    if (first) return first
    expectJoinable(row)
    try {
      const decided = await recordStep(deps, row, {
        event: 'commented',
        public: { about: 'joined' },
        actor: CITIZEN,
        texts: { ...(words !== undefined && { words }), ...(contact !== undefined && { contact }) },
        owner: row.n + 1,
        link,
      })
      return filed(deps, decided, link.token)
    } catch (error) {
      if (!isComplaintConflict(error) || left === 1) throw error
    }
  }
}

function expectJoinable({ _id, status, affected }: ComplaintRow): void {
  if (status !== 'entering' && isClosed(status))
    throw complaintConflict(
      _id,
      `expected an open one to join, it is ${status}; file one of your own`,
    )
  if (affected >= MAX_AFFECTED) throw complaintConflict(_id, `${affected} people joined already`)
}
