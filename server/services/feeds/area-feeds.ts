import type { Outage } from '../../../shared/api/outages.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import { secondText } from '../api-times.ts'
import type { Deps } from '../deps.ts'
import { atomDocument } from './atom.ts'
import { outageCalendar } from './calendar.ts'
import { outageEntry, type Portal } from './outage-words.ts'
import { listOutagesOfArea } from '../outage/list-outages.ts'

/** Feeds tell the latest outages; all of them are in the downloads. */
const FEED_OUTAGES = 100
const CALENDAR_OUTAGES = 500

/** `/areas/{id}/outages.atom`. Throws `not_found`. */
export async function areaAtom(deps: Deps, portal: Portal, areaId: string): Promise<string> {
  const name = await nameOf(deps, areaId)
  const { items } = await listOutagesOfArea(deps, areaId, { limit: FEED_OUTAGES })
  const changes = await changeTimes(deps, items)
  return atomDocument({
    selfUrl: `${portal.origin}/areas/${areaId}/outages.atom`,
    pageUrl: `${portal.origin}/areas/${areaId}`,
    title: `Power outages in ${name}`,
    asOf: deps.clock.now(),
    entries: items.map((outage) => {
      const entry = outageEntry(portal, outage)
      return { ...entry, updatedAt: changes.get(outage.outage_id) ?? entry.updatedAt }
    }),
  })
}

/** `/areas/{id}/outages.ics`: the outages that are over. Throws `not_found`. */
export async function areaCalendar(deps: Deps, portal: Portal, areaId: string): Promise<string> {
  const name = await nameOf(deps, areaId)
  const query = { limit: CALENDAR_OUTAGES, status: 'restored' } as const
  const { items } = await listOutagesOfArea(deps, areaId, query)
  return outageCalendar(portal, `Power outages in ${name}`, items)
}

/** When what is told of each outage last became other than it was: while it goes on, more may lose their mains. */
async function changeTimes(
  { models }: Deps,
  outages: readonly Outage[],
): Promise<Map<string, string>> {
  const rows = await models.outages
    .find({ _id: { $in: outages.map(({ outage_id }) => outage_id) } }, { changed_at: 1 })
    .lean()
  return new Map(rows.map(({ _id, changed_at }) => [_id, secondText(changed_at)]))
}

async function nameOf({ models }: Deps, areaId: string): Promise<string> {
  const area = await models.areas.findById(areaId, { name: 1 }).lean()
  if (!area) throw new CodedError('not_found', `area: none with id ${areaId}`)
  return area.name
}
