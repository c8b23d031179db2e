import ical from 'ical-generator'
import type { Outage } from '../../../shared/api/outages.ts'
import { LICENCE } from './licence.ts'
import { outageSummary, outageTitle, outageUrl, placeName, type Portal } from './outage-words.ts'

/** A calendar has at least one component (RFC 5545 §3.6): where nothing happened, the zone its times would be in. */
const UTC = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
  '',
].join('\r\n')

/** Past outages as an iCalendar, RFC 5545; those that go on have no end yet and are left out. */
export function outageCalendar(portal: Portal, name: string, outages: readonly Outage[]): string {
  const calendar = ical({
    name,
    prodId: { company: 'Gridwitness', product: 'outages', language: 'EN' },
    description: `Licence: ${LICENCE.id} ${LICENCE.url}`,
  })
  const { host } = new URL(portal.origin)
  for (const outage of outages) {
    if (outage.ended_at === null) continue
    calendar.createEvent({
      id: `${outage.outage_id}@${host}`,
      start: new Date(outage.started_at),
      end: new Date(outage.ended_at),
      // The same answer for the same outage, whenever it is asked for.
      stamp: new Date(outage.ended_at),
      summary: outageTitle(outage),
      description: outageSummary(outage),
      location: placeName(outage),
      url: outageUrl(portal, outage),
    })
  }
  // Its last line ends as every other (RFC 5545 §3.1).
  const text = `${calendar.toString()}\r\n`
  return calendar.length() > 0 ? text : text.replace('END:VCALENDAR', `${UTC}END:VCALENDAR`)
}
