import type { Outage } from '../../shared/api/outages.ts'
import type { OutageEvent } from '../../shared/outage/index.ts'
import type { Difference } from './compare.ts'
import { timeText } from './time-text.ts'

/** Members of an outage that both sides tell, as text. */
type Told = Record<'started_at' | 'ended_at' | 'local' | 'devices' | 'customers_affected', string>

/** What an event looks like in the API, as far as records of the ledger up to `sealedAt` tell. */
const auditedOutage = (event: OutageEvent): Told => ({
  started_at: timeText(event.startedAt),
  ended_at: event.endedAt === null ? 'not yet' : timeText(event.endedAt),
  local: String(event.local),
  devices: String(event.devices),
  customers_affected: String(event.customersAffected),
})

/** What the portal tells, as it did when the latest batch was sealed: an end after that is not on the ledger yet. */
function portalOutage(outage: Outage, sealedAt: number): Told {
  const { ended_at, started_at, local, devices, customers_affected } = outage
  const hasEnded = ended_at !== null && Date.parse(ended_at) <= sealedAt
  return {
    started_at,
    ended_at: hasEnded ? ended_at : 'not yet',
    local: String(local),
    devices: String(devices),
    customers_affected: String(customers_affected),
  }
}

/** Outages of which the two sides say different things, or that one of them lacks. */
export function compareOutages(
  events: readonly OutageEvent[],
  outages: readonly Outage[],
  sealedAt: number,
): Difference[] {
  const told = new Map(outages.map((outage) => [outage.outage_id, portalOutage(outage, sealedAt)]))
  const known = new Set(events.map(({ id }) => id))
  const surplus = outages.filter(({ outage_id }) => !known.has(outage_id))
  return [
    ...events.flatMap((event) => differences(event.id, auditedOutage(event), told.get(event.id))),
    ...surplus.map(({ outage_id }) => lacking(outage_id, 'none', 'shown')),
  ]
}

const lacking = (subject: string, audited: string, portal: string): Difference => ({
  subject,
  what: 'outage',
  audited,
  portal,
})

function differences(subject: string, audited: Told, portal: Told | undefined): Difference[] {
  if (!portal) return [lacking(subject, `since ${audited.started_at}`, 'none')]
  return (Object.keys(audited) as (keyof Told)[])
    .map((what) => ({ subject, what, audited: audited[what], portal: portal[what] }))
    .filter((difference) => difference.audited !== difference.portal)
}
