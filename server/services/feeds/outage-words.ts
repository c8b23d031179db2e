import type { Outage } from '../../../shared/api/outages.ts'
import type { AtomEntry } from './atom.ts'

/** What feeds say of an outage in words; addresses are of this portal. */

export interface Portal {
  /** `https://host`, without a slash at its end. */
  origin: string
}

const SECONDS_PER_MINUTE = 60

export const placeName = ({ area_name, area_id }: Outage): string => area_name ?? area_id

export const outageUrl = ({ origin }: Portal, { outage_id }: Outage): string =>
  `${origin}/outages/${outage_id}`

export function outageTitle(outage: Outage): string {
  const customers = `${outage.customers_affected} customer${outage.customers_affected === 1 ? '' : 's'}`
  return outage.ended_at === null
    ? `${placeName(outage)}: ${customers} without power`
    : `${placeName(outage)}: power restored to ${customers}`
}

export function outageSummary(outage: Outage): string {
  const sensors = `${outage.devices} sensor${outage.devices === 1 ? '' : 's'}`
  const since = `${sensors} reported no mains from ${outage.started_at}`
  const local = outage.local ? ' A single house: it may be its own fuse.' : ''
  if (outage.ended_at === null) return `${since}, and not all have it back.${local}`
  const minutes = Math.round(outage.duration_seconds / SECONDS_PER_MINUTE)
  return `${since} to ${outage.ended_at}, ${minutes} minutes.${local}`
}

/** Its place in a feed: new when it begins, changed when it ends. */
export const outageEntry = (portal: Portal, outage: Outage): AtomEntry => ({
  url: outageUrl(portal, outage),
  title: outageTitle(outage),
  summary: outageSummary(outage),
  category: outage.status,
  publishedAt: outage.started_at,
  updatedAt: outage.ended_at ?? outage.started_at,
})
