import { CodedError } from '../../../shared/coded-error.ts'
import type { Actor } from './actor.ts'

type Roles = readonly Actor['role'][]

const READERS: Roles = ['admin', 'auditor']
const ADMINISTRATION: Roles = ['admin', 'operator']
const COMPLAINT_OFFICE: Roles = ['official', 'admin', 'operator']
const COMPLAINT_READERS: Roles = [...COMPLAINT_OFFICE, 'auditor']

/**
 * Who may call what below `/api/v1/admin`. What is not listed is refused, to everybody. `operator` is who holds the token of
 * the command line; it makes no sessions. An auditor reads everything and changes nothing.
 */
export const ROUTE_ROLES: Readonly<Record<string, Roles>> = {
  'GET /api/v1/admin/actions': READERS,
  'GET /api/v1/admin/actions.csv': READERS,
  'GET /api/v1/admin/actions/verification': READERS,
  'GET /api/v1/admin/failures': ['admin', 'auditor', 'operator'],
  'POST /api/v1/admin/failures/retry': ADMINISTRATION,
  'GET /api/v1/admin/ledger': ['admin', 'auditor', 'operator'],
  'GET /api/v1/admin/refusals': ['admin', 'auditor', 'operator'],
  'POST /api/v1/admin/outages/rebuild': ['admin'],
  'GET /api/v1/admin/people': READERS,
  'POST /api/v1/admin/people': ADMINISTRATION,
  'PUT /api/v1/admin/people/{accountId}': ['admin'],
  'DELETE /api/v1/admin/invitations/{accountId}': ['admin'],
  'POST /api/v1/admin/resets': ADMINISTRATION,
  'GET /api/v1/admin/areas': ['admin', 'auditor', 'operator'],
  'GET /api/v1/admin/areas/{areaId}': ['admin', 'auditor', 'operator'],
  'PUT /api/v1/admin/areas/{areaId}': ADMINISTRATION,
  'GET /api/v1/admin/complaints': COMPLAINT_READERS,
  'GET /api/v1/admin/complaints/unreported': COMPLAINT_READERS,
  'GET /api/v1/admin/complaints/{complaintId}': COMPLAINT_READERS,
  'GET /api/v1/admin/complaints/{complaintId}/photos/{commitment}': COMPLAINT_READERS,
  'POST /api/v1/admin/complaints/actions': COMPLAINT_OFFICE,
  'POST /api/v1/admin/complaints/{complaintId}/actions': COMPLAINT_OFFICE,
  'GET /api/v1/admin/devices': ['admin', 'auditor', 'operator'],
  'POST /api/v1/admin/devices': ADMINISTRATION,
  'POST /api/v1/admin/devices/{deviceId}/events': ADMINISTRATION,
  'PUT /api/v1/admin/firmware/images/{sha256}': ADMINISTRATION,
  'PUT /api/v1/admin/firmware/{target}/manifest': ADMINISTRATION,
}

const PATTERNS = Object.entries(ROUTE_ROLES).map(([route, roles]) => ({
  pattern: new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}/?$`),
  roles,
}))

/** Throws `forbidden` unless this role may make this call; `path` is without query. */
export function authorise(role: Actor['role'], method: string, path: string): void {
  const call = `${method} ${path}`
  const entry = PATTERNS.find(({ pattern }) => pattern.test(call))
  if (entry?.roles.includes(role)) return
  const expected = entry ? entry.roles.join(' or ') : 'a call that is listed'
  throw new CodedError('forbidden', `role: expected ${expected}, got ${role}`)
}
