import type { ComplaintRules } from '../../../shared/api/complaints.ts'
import type { Deps } from '../deps.ts'

const MS_PER_DAY = 86_400_000

/** `GET /complaints/rules`: what the operator set. */
export const complaintRules = ({ complaintDesk }: Pick<Deps, 'complaintDesk'>): ComplaintRules => ({
  clock_hours: complaintDesk.clockHours,
  retention_days: complaintDesk.retentionMs / MS_PER_DAY,
})
