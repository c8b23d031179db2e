import type { ComplaintSummary } from '../../../shared/api/complaints.ts'
import type { Open311Form, Open311Query, Open311Request } from '../../../shared/api/open311.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  COMPLAINT_KINDS,
  KINDS_OF_ANOTHER_OFFICE,
  type ComplaintKind,
} from '../../../shared/complaint/index.ts'
import { checkWork } from './complaint-challenge.ts'
import {
  ENTERED,
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint-summary.ts'
import type { Deps } from '../deps.ts'
import { contradictedBy } from './describe-complaint.ts'
import { enterComplaint } from './file-complaint.ts'
import { findComplaintRow } from './record-complaint-event.ts'
import { sensorsAround } from './sensors-around.ts'

/** Complaints in the words of Open311 GeoReport v2; docs/open311.md. */

const MAX_REQUESTS = 200
/** Without dates, GeoReport asks for the last 90 days. */
const SPAN_MS = 90 * 24 * 3_600_000

const SERVICES: Record<ComplaintKind, { name: string; description: string; keywords: string }> = {
  no_supply: {
    name: 'No supply',
    description: 'No electricity at the place, now.',
    keywords: 'outage, power cut',
  },
  low_voltage: {
    name: 'Low voltage',
    description: 'Lights are dim, motors do not start.',
    keywords: 'voltage, brownout',
  },
  high_voltage: {
    name: 'High voltage',
    description: 'Lamps burn out, appliances are damaged.',
    keywords: 'voltage, surge',
  },
  hazard: {
    name: 'Hazard',
    description: 'A fallen wire, a fire, an open box: anything that may hurt someone.',
    keywords: 'danger, wire, fire',
  },
  repeated_outages: {
    name: 'Repeated outages',
    description: 'Electricity goes again and again.',
    keywords: 'outage, power cuts',
  },
}

/** `services`: the kinds of complaints. */
export const open311Services = () => COMPLAINT_KINDS.map((kind) => open311Service(kind))

export const open311Service = (kind: ComplaintKind) => ({
  service_code: kind,
  service_name: SERVICES[kind].name,
  description: SERVICES[kind].description,
  metadata: false,
  type: 'realtime',
  keywords: SERVICES[kind].keywords,
  group: 'electricity',
})

/** `requests`: newest first, at most 200. */
export async function open311Requests(deps: Deps, query: Open311Query): Promise<Open311Request[]> {
  const rows = await deps.models.complaints
    .find({ ...ENTERED, ...filterOf(deps, query) }, WITHOUT_PERSONAL)
    .sort({ filed_at: -1, _id: -1 })
    .limit(MAX_REQUESTS)
    .lean<PublicComplaintRow[]>()
  const told = await Promise.all(rows.map((row) => requestOf(deps, row)))
  return told.flat()
}

function filterOf({ clock }: Deps, query: Open311Query): Record<string, unknown> {
  const { service_request_id, service_code, start_date, end_date, status } = query
  if (service_request_id !== undefined) return { _id: { $in: service_request_id } }
  const end = end_date === undefined ? clock.now() : new Date(end_date)
  const start = start_date === undefined ? new Date(end.getTime() - SPAN_MS) : new Date(start_date)
  const [state, other] = status ?? []
  return {
    filed_at: { $gte: start, $lte: end },
    ...(service_code !== undefined && { kind: { $in: service_code } }),
    ...(state !== undefined &&
      (other === undefined || other === state) && {
        closed_at: state === 'open' ? null : { $ne: null },
      }),
  }
}

/** `requests/{id}`. Throws `not_found`. */
export async function open311Request(deps: Deps, complaintId: string): Promise<Open311Request[]> {
  return requestOf(deps, await findComplaintRow(deps, complaintId))
}

async function requestOf(deps: Deps, row: PublicComplaintRow): Promise<Open311Request[]> {
  const [summary] = summaryOf(deps, row)
  if (!summary) return []
  const { latitude, longitude } = summary
  const isContradicted =
    row.status === 'resolved' &&
    contradictedBy(row, await sensorsAround(deps, { latitude, longitude }, row.area_id)) !== null
  return [
    {
      service_request_id: summary.complaint_id,
      status: summary.closed_at === null ? 'open' : 'closed',
      status_notes: notesOf(summary, isContradicted),
      service_name: SERVICES[summary.kind].name,
      service_code: summary.kind,
      agency_responsible: summary.team ?? summary.area_id,
      requested_datetime: summary.filed_at,
      updated_datetime: summary.changed_at,
      expected_datetime: summary.due_at,
      lat: latitude,
      long: longitude,
    },
  ]
}

const notesOf = ({ status, duplicate_of }: ComplaintSummary, isContradicted: boolean): string =>
  [
    status,
    ...(duplicate_of === null ? [] : [`duplicate of ${duplicate_of}`]),
    ...(isContradicted ? ['contradicted by sensors'] : []),
  ].join(', ')

/**
 * `POST requests`: files a complaint, by an app's key or by proof of work. Throws `forbidden` for a wrong key, and as
 * `fileComplaint`.
 */
export async function fileByOpen311(
  deps: Deps,
  { service_code, lat, long, description, email, phone, altcha, api_key }: Open311Form,
  isKnownKey: (key: string) => boolean,
) {
  if (api_key !== undefined && !isKnownKey(api_key))
    throw new CodedError('forbidden', 'api_key: expected one this portal knows')
  const work = api_key === undefined ? await checkWork(deps, altcha ?? '') : null
  const contact = [email, phone].filter((part) => part !== undefined).join(', ')
  const filed = await enterComplaint(
    deps,
    {
      kind: kindOf(service_code),
      latitude: lat,
      longitude: long,
      words: description,
      contact: contact === '' ? undefined : contact,
      channel: 'open311',
    },
    work,
  )
  return [
    {
      service_request_id: filed.complaint_id,
      service_notice: `In the ledger as ${filed.leaf_hash}`,
    },
  ]
}

function kindOf(code: string) {
  const kind = [...COMPLAINT_KINDS, ...KINDS_OF_ANOTHER_OFFICE].find((known) => known === code)
  if (kind) return kind
  throw new CodedError(
    'not_found',
    `service_code: expected one of ${COMPLAINT_KINDS.join(', ')}, got ${code}`,
  )
}
