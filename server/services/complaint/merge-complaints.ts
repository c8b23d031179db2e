import type { ComplaintActionRequest } from '../../../shared/api/complaint-admin.ts'
import type { ComplaintStepAnswer } from '../../../shared/api/complaints.ts'
import type { ComplaintRow } from '../../models/index.ts'
import { takeStep } from './complaint-answers.ts'
import { complaintConflict } from './complaint-conflict.ts'
import type { Deps } from '../deps.ts'
import { actorOf, findForOfficial, type Official } from './official.ts'
import { recordStep } from './record-complaint-event.ts'

/**
 * Closes a complaint as a duplicate of another of the same area, which learns of it first: a crash between leaves one that
 * may be merged again, and never one closed that the other does not know.
 */
export async function mergeInto(
  deps: Deps,
  official: Official,
  row: ComplaintRow,
  { into, note }: Extract<ComplaintActionRequest, { action: 'merge' }>,
): Promise<ComplaintStepAnswer> {
  const actor = actorOf(official)
  const kept = await findForOfficial(deps, official, into)
  if (kept._id === row._id || kept.area_id !== row.area_id || kept.duplicate_of !== null) {
    throw complaintConflict(
      row._id,
      `expected to merge it into another of ${row.area_id} that is no duplicate itself, got ${into}`,
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
  return takeStep(deps, row, {
    event: 'rejected',
    public: { reason: 'duplicate', duplicate_of: kept._id },
    actor,
    texts: note === undefined ? {} : { note },
    owner: null,
  })
}

async function isMerged({ models }: Deps, keptId: string, mergedId: string): Promise<boolean> {
  const rows = await models.records
    .find({ type: 'complaint_event', complaint_id: keptId }, { body: 1 })
    .lean()
  return rows.some(({ body }) =>
    body?.includes(`"public":{"about":"merged","complaint_id":"${mergedId}"}`),
  )
}
