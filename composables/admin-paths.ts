import { withQuery } from './paths.ts'
import type { complaintQueueQuery } from '../shared/api/complaint-admin.ts'
import type { adminDevicesQuery } from '../shared/api/administration.ts'
import type { z } from 'zod'

const ADMIN = '/api/v1/admin'

/** What of the queue is shown; areas and kinds left out mean all. */
export type QueueFilter = Pick<
  z.output<typeof complaintQueueQuery>,
  'area_id' | 'kind' | 'show' | 'order'
>

export type DeviceFilter = Pick<z.output<typeof adminDevicesQuery>, 'area_id' | 'concern' | 'id'>

/** Addresses of the calls of the officials' area. */
export const adminApi = {
  queue: (filter: QueueFilter, cursor?: string) =>
    withQuery(`${ADMIN}/complaints`, { ...filter, cursor }),
  unreported: () => `${ADMIN}/complaints/unreported`,
  complaint: (id: string) => `${ADMIN}/complaints/${encodeURIComponent(id)}`,
  photo: (id: string, commitment: string) =>
    `${adminApi.complaint(id)}/photos/${encodeURIComponent(commitment)}`,
  complaintSteps: () => `${ADMIN}/complaints/actions`,
  devices: (filter: DeviceFilter = {}, cursor?: string) =>
    withQuery(`${ADMIN}/devices`, { ...filter, cursor }),
  deviceEvents: (id: string) => `${ADMIN}/devices/${encodeURIComponent(id)}/events`,
  areas: (cursor?: string) => withQuery(`${ADMIN}/areas`, { cursor }),
  area: (id: string) => `${ADMIN}/areas/${encodeURIComponent(id)}`,
  failures: () => `${ADMIN}/failures`,
  retry: () => `${ADMIN}/failures/retry`,
  refusals: () => `${ADMIN}/refusals`,
  ledger: () => `${ADMIN}/ledger`,
}
