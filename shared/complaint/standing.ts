import { toHex } from '../bytes.ts'
import { CodedError } from '../coded-error.ts'
import { parseAs } from '../parse.ts'
import { recordLeafHash, type ComplaintEventRecord } from '../record/index.ts'
import type { AreaType, Fault } from './clocks.ts'
import type { ComplaintKind } from './kinds.ts'
import type { Coordinates } from './place.ts'
import { publicSchemas, type PublicPart } from './public.ts'
import { statusAfter, type ComplaintStatus } from './transitions.ts'

/** Where a complaint stands, as its events tell it. Times are server times. */
export interface ComplaintStanding {
  complaintId: string
  areaId: string
  kind: ComplaintKind
  status: ComplaintStatus
  /** As the public sees it. */
  place: Coordinates
  areaType: AreaType | null
  fault: Fault
  filedAt: string
  dueAt: string
  acknowledgedAt: string | null
  /** When it was last closed, as resolved or rejected; null while it is open. */
  closedAt: string | null
  team: string | null
  /** How often it was disputed. */
  disputes: number
  /** People who said it is their trouble too, the filer included. */
  affected: number
  photos: number
  duplicateOf: string | null
  /** Number, leaf hash and time of the latest event. */
  n: number
  latestEvent: string
  latestAt: string
}

/**
 * Standing after one more event. Throws `malformed` for an event that is none by docs/formats/complaint.md or out of
 * line, `complaint_conflict` or `forbidden` as the table of transitions says.
 */
export function standingAfter(
  before: ComplaintStanding | null,
  record: ComplaintEventRecord,
): ComplaintStanding {
  expectNext(before, record)
  const status = statusAfter(before?.status ?? null, record.event, record.actor.role)
  const latest = {
    status,
    n: record.n,
    latestEvent: toHex(recordLeafHash(record)),
    latestAt: record.at,
  }
  const part = publicPartOf(record)
  if (part.event === 'filed') return { ...newly(record, part.public), ...latest }
  if (!before) throw new CodedError('malformed', 'complaint: expected filed first')
  return { ...before, ...changes(before, part, record.at), ...latest }
}

/** Standing of a complaint by all its events in order. Throws as `standingAfter`, and `malformed` for none. */
export function standingOf(records: readonly ComplaintEventRecord[]): ComplaintStanding {
  const standing = records.reduce<ComplaintStanding | null>(standingAfter, null)
  if (!standing) throw new CodedError('malformed', 'complaint: expected at least one event')
  return standing
}

/** What an event says in public, parsed by its own schema. Throws `malformed`. */
function publicPartOf({ event, public: said }: ComplaintEventRecord): PublicPart {
  const parsed = parseAs(publicSchemas[event], said, `public of ${event}`)
  return { event, public: parsed } as PublicPart
}

function expectNext(before: ComplaintStanding | null, record: ComplaintEventRecord): void {
  const expected = {
    n: before === null ? 0 : before.n + 1,
    previous: before?.latestEvent ?? null,
    complaint_id: before?.complaintId ?? record.complaint_id,
    area_id: before?.areaId ?? record.area_id,
  }
  for (const [name, value] of Object.entries(expected)) {
    const got = record[name as keyof typeof expected]
    if (got === value) continue
    throw new CodedError(
      'malformed',
      `complaint ${record.complaint_id}: ${name}: expected ${value}, got ${got}`,
    )
  }
  if (before !== null && record.at <= before.latestAt) {
    throw new CodedError(
      'malformed',
      `complaint ${record.complaint_id}: at: expected after ${before.latestAt}, got ${record.at}`,
    )
  }
}

type PartOf<Event> = Extract<PublicPart, { event: Event }>['public']

const newly = (
  record: ComplaintEventRecord,
  said: PartOf<'filed'>,
): Omit<ComplaintStanding, 'status' | 'n' | 'latestEvent' | 'latestAt'> => ({
  complaintId: record.complaint_id,
  areaId: record.area_id,
  kind: said.kind,
  place: { latitude: said.latitude, longitude: said.longitude },
  areaType: said.area_type,
  fault: said.fault,
  filedAt: record.at,
  dueAt: said.due_at,
  acknowledgedAt: null,
  closedAt: null,
  team: null,
  disputes: 0,
  affected: 1,
  photos: 0,
  duplicateOf: null,
})

function changes(
  before: ComplaintStanding,
  part: Exclude<PublicPart, { event: 'filed' }>,
  at: string,
): Partial<ComplaintStanding> {
  switch (part.event) {
    case 'acknowledged':
    case 'assigned':
    case 'in_progress':
      return {
        ...faultFound(part.public),
        acknowledgedAt: before.acknowledgedAt ?? at,
        ...('team' in part.public && { team: part.public.team }),
      }
    case 'resolved':
      return { ...faultFound(part.public), closedAt: at }
    case 'rejected':
      return { closedAt: at, duplicateOf: part.public.duplicate_of ?? null }
    case 'disputed':
      return { disputes: before.disputes + 1, closedAt: null }
    case 'reopened':
      return { closedAt: null, duplicateOf: null }
    case 'commented':
      return {
        affected: before.affected + (part.public.about === 'joined' ? 1 : 0),
        photos: before.photos + (part.public.about === 'photo' ? 1 : 0),
      }
    case 'redacted':
      return {}
  }
}

function faultFound({
  fault,
  due_at: dueAt,
}: {
  fault?: Fault | undefined
  due_at?: string | undefined
}) {
  if ((fault === undefined) !== (dueAt === undefined))
    throw new CodedError('malformed', 'complaint: expected fault and due_at together')
  return fault !== undefined && dueAt !== undefined ? { fault, dueAt } : {}
}
