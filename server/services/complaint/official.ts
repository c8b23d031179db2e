import type { Complaint } from '../../../shared/api/complaints.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { describeComplaint } from './describe-complaint.ts'
import { openPhoto } from './open-photo.ts'
import { findComplaintRow } from './record-complaint-event.ts'

/** Who acts for the operator: a pseudonym that stands in the ledger, and the areas they answer for; null for all. */
export interface Official {
  pseudonym: string
  areas: readonly string[] | null
}

export const actorOf = ({ pseudonym }: Official): ComplaintEventRecord['actor'] => ({
  id: pseudonym,
  role: 'official',
})

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
