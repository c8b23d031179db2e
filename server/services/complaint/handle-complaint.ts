import type {
  ComplaintActionRequest,
  ComplaintBulkAnswer,
  ComplaintStepAnswer,
} from '../../../shared/api/complaint-admin.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { dueAt, type Fault, type PublicPart } from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { takeStep } from './complaint-answers.ts'
import type { Deps } from '../deps.ts'
import { eraseByOfficial } from './erase-complaint.ts'
import { mergeInto } from './merge-complaints.ts'
import { actorOf, findForOfficial, type Official } from './official.ts'
import { sensorsAround } from './sensors-around.ts'

/** One step of an official on one complaint: one record. Throws as `findForOfficial`, `complaint_conflict`. */
export async function handleComplaint(
  deps: Deps,
  official: Official,
  complaintId: string,
  request: ComplaintActionRequest,
): Promise<ComplaintStepAnswer> {
  const row = await findForOfficial(deps, official, complaintId)
  if (request.action === 'redact') return eraseByOfficial(deps, row, official, request)
  if (request.action === 'merge') return mergeInto(deps, official, row, request)
  return takeStep(deps, row, {
    ...(await publicPart(deps, row, request)),
    actor: actorOf(official),
    texts: request.note === undefined ? {} : { note: request.note },
    owner: null,
  })
}

type PlainRequest = Exclude<ComplaintActionRequest, { action: 'redact' | 'merge' }>

async function publicPart(
  deps: Deps,
  row: ComplaintRow,
  request: PlainRequest,
): Promise<PublicPart> {
  switch (request.action) {
    case 'acknowledge':
      return { event: 'acknowledged', public: foundFault(deps, row, request.fault) }
    case 'assign':
      return {
        event: 'assigned',
        public: { team: request.team, ...foundFault(deps, row, request.fault) },
      }
    case 'start':
      return { event: 'in_progress', public: foundFault(deps, row, request.fault) }
    case 'resolve':
      return {
        event: 'resolved',
        public: { ...foundFault(deps, row, request.fault), sensors: await sensorsOf(deps, row) },
      }
    case 'reject':
      return { event: 'rejected', public: { reason: request.reason } }
    case 'reopen':
      return { event: 'reopened', public: { reason: request.reason } }
    case 'note':
      return { event: 'commented', public: { about: 'note' } }
  }
}

/** The fault an official found, where it is another than assumed, with the moment the complaint is then due. */
function foundFault({ complaintDesk }: Deps, row: ComplaintRow, fault: Fault | undefined) {
  if (fault === undefined || fault === row.fault) return {}
  const filedAt = row.filed_at.toISOString()
  return { fault, due_at: dueAt(complaintDesk.clockHours, filedAt, fault, row.area_type) }
}

/** What the sensors say at this moment goes into the ledger with the closing. */
async function sensorsOf(deps: Deps, row: ComplaintRow) {
  const [longitude, latitude] = row.point.coordinates
  const { now } = await sensorsAround(deps, { latitude, longitude }, row.area_id)
  const { on, off, silent, within_m, devices } = now
  return { on, off, silent, within_m, devices }
}

/** The same step on many complaints, each a record of its own, or its own refusal. */
export async function handleMany(
  deps: Deps,
  official: Official,
  complaintIds: readonly string[],
  request: ComplaintActionRequest,
): Promise<ComplaintBulkAnswer> {
  const items: ComplaintBulkAnswer['items'] = []
  for (const complaint_id of complaintIds) {
    try {
      const { leaf_hash, status } = await handleComplaint(deps, official, complaint_id, request)
      items.push({ complaint_id, status, leaf_hash, code: null, detail: null })
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      const { code, message } = error
      items.push({ complaint_id, status: null, leaf_hash: null, code, detail: message })
    }
  }
  return { items }
}
