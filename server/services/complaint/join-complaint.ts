import { setTimeout } from 'node:timers/promises'
import type { ComplaintFiled, JoinRequest } from '../../../shared/api/complaints.ts'
import { isClosed } from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { filed } from './complaint-answers.ts'
import { checkWork, type CheckedWork } from './complaint-challenge.ts'
import { complaintConflict, isComplaintConflict, OvertakenError } from './complaint-conflict.ts'
import { CITIZEN, type ComplaintStep } from './decide-complaint-event.ts'
import type { Deps } from '../deps.ts'
import { inLine } from '../in-line.ts'
import { TooManyError } from '../limits/allowance.ts'
import { answerAgain, linkFor, type NewLink } from './link.ts'
import { findComplaintRow, recordStep } from './record-complaint-event.ts'

/** A complaint takes no more people than this: a row has to hold them. */
const MAX_AFFECTED = 5_000
/** Nobody waits longer for those who join at the same time: a browser would give up. */
const PATIENCE_MS = 15_000
/** Another instance that was first is done in a few milliseconds; the wait is drawn anew, so that two do not meet again. */
const MAX_PAUSE_MS = 40
const AGAIN_MS = 10_000

/** Events of a complaint form one line, so joining goes one by one. */
const oneByOne = inLine()

/**
 * `POST /complaints/{id}/join`: it is my trouble too, once for an idempotency key, however often it comes; many may come at
 * once. Throws `not_found`, `complaint_conflict` once closed, `key_reused`; `rate_limited` where too many came at once, and
 * then the proof of work is not used up.
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
  const texts = { ...(words !== undefined && { words }), ...(contact !== undefined && { contact }) }
  const untilMs = performance.now() + PATIENCE_MS
  return oneByOne(complaintId, () => join(deps, { complaintId, texts, link, work, untilMs }))
}

interface Joining {
  complaintId: string
  texts: ComplaintStep['texts']
  link: NewLink
  work: CheckedWork
  /** By the clock of the process. */
  untilMs: number
}

async function join(
  deps: Deps,
  { complaintId, texts, link, work, untilMs }: Joining,
): Promise<ComplaintFiled> {
  for (;;) {
    if (performance.now() > untilMs)
      throw new TooManyError(`complaint ${complaintId}: many people join it now`, AGAIN_MS)
    const row = await findComplaintRow(deps, complaintId)
    const first = await answerAgain(deps, row, link)
    if (first) return first
    expectJoinable(row)
    await work.use()
    try {
      const decided = await recordStep(deps, row, {
        event: 'commented',
        public: { about: 'joined' },
        actor: CITIZEN,
        texts,
        owner: row.n + 1,
        link,
      })
      return await filed(deps, decided, link.token)
    } catch (error) {
      if (!isComplaintConflict(error)) throw error
      await work.giveBack()
      if (!(error instanceof OvertakenError)) throw error
    }
    await setTimeout(Math.random() * MAX_PAUSE_MS)
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
