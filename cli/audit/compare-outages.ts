import type { Outage } from '../../shared/api/outages.ts'
import type { OutageEvent } from '../../shared/outage/index.ts'
import type { Difference } from './compare.ts'
import { timeText } from './time-text.ts'

/** Members of an outage that both sides tell, as text. */
type Told = Record<'started_at' | 'ended_at' | 'local' | 'devices' | 'customers_affected', string>

/** An end as it was known when the latest batch was sealed: one after that may not be on the ledger yet. */
const endText = (endedAt: number | null, sealedAt: number): string =>
  endedAt !== null && endedAt <= sealedAt ? timeText(endedAt) : 'not yet'

/** What an event looks like in the API. */
const auditedOutage = (event: OutageEvent, sealedAt: number): Told => ({
  started_at: timeText(event.startedAt),
  ended_at: endText(event.endedAt, sealedAt),
  local: String(event.local),
  devices: String(event.devices),
  customers_affected: String(event.customersAffected),
})

const portalOutage = (outage: Outage, sealedAt: number): Told => ({
  started_at: outage.started_at,
  ended_at: endText(outage.ended_at === null ? null : Date.parse(outage.ended_at), sealedAt),
  local: String(outage.local),
  devices: String(outage.devices),
  customers_affected: String(outage.customers_affected),
})

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
    ...events.flatMap((event) =>
      differences(event.id, auditedOutage(event, sealedAt), told.get(event.id)),
    ),
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
