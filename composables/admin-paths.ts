import type { complaintQueueQuery } from '../shared/api/complaint-admin.ts'
import type { z } from 'zod'

const ADMIN = '/api/v1/admin'

/** What of the queue is shown; areas and kinds left out mean all. */
export type QueueFilter = Pick<
  z.output<typeof complaintQueueQuery>,
  'area_id' | 'kind' | 'show' | 'order'
>

/** Addresses of the calls of the officials' area. */
export const adminApi = {
  queue: (filter: QueueFilter, cursor?: string) =>
    withQuery(`${ADMIN}/complaints`, { ...filter, cursor }),
  unreported: () => `${ADMIN}/complaints/unreported`,
  complaint: (id: string) => `${ADMIN}/complaints/${encodeURIComponent(id)}`,
  photo: (id: string, commitment: string) =>
    `${adminApi.complaint(id)}/photos/${encodeURIComponent(commitment)}`,
  complaintSteps: () => `${ADMIN}/complaints/actions`,
}
