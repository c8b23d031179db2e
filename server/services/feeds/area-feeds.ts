import { CodedError } from '../../../shared/coded-error.ts'
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
  return atomDocument({
    selfUrl: `${portal.origin}/areas/${areaId}/outages.atom`,
    pageUrl: `${portal.origin}/areas/${areaId}`,
    title: `Power outages in ${name}`,
    asOf: deps.clock.now(),
    entries: items.map((outage) => outageEntry(portal, outage)),
  })
}

/** `/areas/{id}/outages.ics`: the outages that are over. Throws `not_found`. */
export async function areaCalendar(deps: Deps, portal: Portal, areaId: string): Promise<string> {
  const name = await nameOf(deps, areaId)
  const query = { limit: CALENDAR_OUTAGES, status: 'restored' } as const
  const { items } = await listOutagesOfArea(deps, areaId, query)
  return outageCalendar(portal, `Power outages in ${name}`, items)
}

async function nameOf({ models }: Deps, areaId: string): Promise<string> {
  const area = await models.areas.findById(areaId, { name: 1 }).lean()
  if (!area) throw new CodedError('not_found', `area: none with id ${areaId}`)
  return area.name
}
