import { outagesSchema, type Outage } from '../../shared/api/outages.ts'
import { reliabilitySchema, type Reliability } from '../../shared/api/reliability.ts'
import type { Period } from '../../shared/outage/index.ts'
import { askPortalFor, askPortalForAll } from '../portal.ts'
import { dateText, timeText } from './time-text.ts'

/** What is asked of a portal: an area with all below it, in a period of whole days (UTC). */
export interface Asked {
  portalUrl: string
  areaId: string
  period: Period
}

/** Its figures, by day or month. Throws `unreachable` or `refused` where the portal does not answer. */
export function askForFigures(
  { portalUrl, areaId, period: { fromAt, toAt } }: Asked,
  interval: 'day' | 'month',
): Promise<Reliability> {
  const query = new URLSearchParams({ from: dateText(fromAt), to: dateText(toAt), interval })
  const path = `areas/${areaId}/reliability?${query.toString()}`
  return askPortalFor(reliabilitySchema, { portalUrl, method: 'GET', path })
}

/** Its outages that begin in the period. Throws as `askForFigures` does. */
export async function askForOutages({ portalUrl, areaId, period }: Asked): Promise<Outage[]> {
  const found = await askPortalForAll(outagesSchema, {
    portalUrl,
    path: `areas/${areaId}/outages`,
    query: { from: timeText(period.fromAt), to: timeText(period.toAt) },
  })
  const isIn = (at: number) => at >= period.fromAt && at < period.toAt
  return found.filter(({ started_at }) => isIn(Date.parse(started_at)))
}
