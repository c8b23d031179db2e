import type {
  ComplaintActionRequest,
  ComplaintBulkAnswer,
  ComplaintStepAnswer,
} from '../../../shared/api/complaint-admin.ts'
import type { Complaint } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { dueAt, type Fault, type PublicPart } from '../../../shared/complaint/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { answered, openPhoto } from './add-to-complaint.ts'
import type { Deps } from '../deps.ts'
import { describeComplaint } from './describe-complaint.ts'
import { eraseByOfficial } from './erase-complaint.ts'
import { findComplaintRow, recordStep } from './record-complaint-event.ts'
import { sensorsAround } from './sensors-around.ts'

/** Who acts for the operator: a pseudonym that stands in the ledger, and the areas they answer for; null for all. */
export interface Official {
  pseudonym: string
  areas: readonly string[] | null
}

/** Takes the complaint of an official's own areas. Throws `not_found`, `forbidden`. */
export async function findForOfficial(
  deps: Deps,
  official: Official,
  complaintId: string,
): Promise<ComplaintRow> {
  const row = await findComplaintRow(deps, complaintId)
  const { areas } = official
  if (areas !== null && !row.areas.some((area) => areas.includes(area))) {
    throw new CodedError(
      'forbidden',
      `complaint ${complaintId}: expected one of your areas, it lies in ${row.area_id}`,
    )
  }
  return row
}

/** `GET /admin/complaints/{id}`: as everybody sees it, with what is personal. Throws as `findForOfficial`. */
export async function describeForOfficial(
  deps: Deps,
  official: Official,
  complaintId: string,
): Promise<Complaint> {
  await findForOfficial(deps, official, complaintId)
  return describeComplaint(deps, complaintId, 'official')
}

/** A photo for an official. Throws as `findForOfficial`. */
export async function openPhotoForOfficial(
  deps: Deps,
  official: Official,
  complaintId: string,
  commitment: string,
): Promise<Uint8Array> {
  await findForOfficial(deps, official, complaintId)
  return openPhoto(deps, complaintId, commitment, 'official')
}

/** One step of an official on one complaint: one record. Throws as `findForOfficial`, `complaint_conflict`. */
export async function handleComplaint(
  deps: Deps,
  official: Official,
  complaintId: string,
  request: ComplaintActionRequest,
): Promise<ComplaintStepAnswer> {
  const row = await findForOfficial(deps, official, complaintId)
  if (request.action === 'redact') {
    return eraseByOfficial(deps, row, official.pseudonym, request)
  }
  if (request.action === 'merge') return mergeInto(deps, official, row, request)
  const decided = await recordStep(deps, row, {
    ...(await publicPart(deps, row, request)),
    actor: { id: official.pseudonym, role: 'official' },
    texts: request.note === undefined ? {} : { note: request.note },
    owner: null,
  })
  return answered(deps, decided)
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

/**
 * Closes a complaint as a duplicate of another of the same area, which learns of it first: a crash between leaves one that
 * may be merged again, and never one closed that the other does not know.
 */
async function mergeInto(
  deps: Deps,
  official: Official,
  row: ComplaintRow,
  { into, note }: Extract<ComplaintActionRequest, { action: 'merge' }>,
): Promise<ComplaintStepAnswer> {
  const actor = { id: official.pseudonym, role: 'official' } as const
  const kept = await findForOfficial(deps, official, into)
  if (kept._id === row._id || kept.area_id !== row.area_id || kept.duplicate_of !== null) {
    throw new CodedError(
      'complaint_conflict',
      `complaint ${row._id}: expected to merge it into another of ${row.area_id} that is no duplicate itself, got ${into}`,
    )
  }
  if (!(await isMerged(deps, kept._id, row._id))) {
    await recordStep(deps, kept, {
      event: 'commented',
      public: { about: 'merged', complaint_id: row._id },
      actor,
      owner: null,
    })
  }
  const decided = await recordStep(deps, row, {
    event: 'rejected',
    public: { reason: 'duplicate', duplicate_of: kept._id },
    actor,
    texts: note === undefined ? {} : { note },
    owner: null,
  })
  return answered(deps, decided)
}

async function isMerged({ models }: Deps, keptId: string, mergedId: string): Promise<boolean> {
  const rows = await models.records
    .find({ type: 'complaint_event', complaint_id: keptId }, { body: 1 })
    .lean()
  return rows.some(({ body }) =>
    body?.includes(`"public":{"about":"merged","complaint_id":"${mergedId}"}`),
  )
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
