import type { OutageStatus } from '../shared/api/outages.ts'
import { COMPLAINT_STATUSES } from '../shared/complaint/index.ts'

/** What lists may be narrowed to, each in the order of a life. */
export const OUTAGE_CHOICES: readonly OutageStatus[] = ['ongoing', 'restored']
export const COMPLAINT_CHOICES = ['open', ...COMPLAINT_STATUSES] as const
