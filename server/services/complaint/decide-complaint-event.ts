import {
  standingAfter,
  type Committed,
  type ComplaintStanding,
  type PublicPart,
} from '../../../shared/complaint/index.ts'
import { canonicalText } from '../../../shared/json.ts'
import type { ComplaintEventRecord } from '../../../shared/record/index.ts'
import type { ComplaintSecret, PendingComplaintEvent } from '../../models/index.ts'
import { sealSecret } from './complaint-secrets.ts'
import type { Deps } from '../deps.ts'
import type { NewLink } from './link.ts'

export const CITIZEN: ComplaintEventRecord['actor'] = { id: 'citizen', role: 'citizen' }

/** An event as its service wants it. */
export type ComplaintStep = PublicPart & {
  actor: ComplaintEventRecord['actor']
  /** Personal values to commit to, by their names. */
  texts?: Partial<Record<Committed, string>> | undefined
  /** Event whose secret link hands it in; null for officials. */
  owner: number | null
  /** A value committed to already, a photo's. */
  secret?: ComplaintSecret
  /** A secret link this event gives out. */
  link?: NewLink
}

export interface DecidedStep {
  record: ComplaintEventRecord
  standing: ComplaintStanding
  pending: PendingComplaintEvent
}

/** The next event of a complaint, dated now or after its latest. Throws as `standingAfter`. */
export function decideStep(
  deps: Pick<Deps, 'clock' | 'complaintDesk'>,
  { complaintId, areaId }: { complaintId: string; areaId: string },
  before: ComplaintStanding | null,
  step: ComplaintStep,
): DecidedStep {
  const n = before === null ? 0 : before.n + 1
  const texts = Object.entries(step.texts ?? {}) as [Committed, string][]
  const secrets = texts.map(([name, value]) =>
    sealSecret(deps, complaintId, { n, name, owner: step.owner, value }),
  )
  if (step.secret) secrets.push(step.secret)
  const latestMs = before === null ? 0 : Date.parse(before.latestAt)
  const record: ComplaintEventRecord = {
    v: 1,
    type: 'complaint_event',
    area_id: areaId,
    at: new Date(Math.max(deps.clock.now().getTime(), latestMs + 1)).toISOString(),
    complaint_id: complaintId,
    event: step.event,
    n,
    previous: before?.latestEvent ?? null,
    actor: step.actor,
    commitments: Object.fromEntries(secrets.map(({ name, commitment }) => [name, commitment])),
    public: step.public,
  }
  const standing = standingAfter(before, record)
  return {
    record,
    standing,
    pending: {
      body: canonicalText(record),
      secrets,
      token_hash: step.link?.hash ?? null,
      ...(step.link?.named && { request_hash: step.link.named.requestHash }),
    },
  }
}
