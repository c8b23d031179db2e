import { create } from 'xmlbuilder2'
import type { Outage } from '../../../shared/api/outages.ts'
import type { AreaGeometry, Position } from '../../../shared/area-geometry.ts'
import { xmlText } from './atom.ts'
import { outageSummary, outageTitle, outageUrl, placeName, type Portal } from './outage-words.ts'

export const CAP_TYPE = 'application/cap+xml'

/** Whether alerts are meant: CAP 1.2 §3.2.1 `status`. */
export type AlertStatus = 'Actual' | 'Exercise' | 'Test'

interface Alert {
  outage: Outage
  /** When it was known that the outage is no blink. */
  sustainedAt: string
  /** When what is told of it last became other than it was. */
  changedAt: string
  /** Of its area; null where none was imported. */
  outline: AreaGeometry | null
  status: AlertStatus
}

/** CAP 1.2 §3.3.2: the zone in figures, never `Z`. */
const capTime = (time: string): string => time.replace(/Z$/, '-00:00')

/** §3.2.4: latitude,longitude pairs, the first again at the end. */
const polygonText = (ring: readonly Position[]): string =>
  ring.map(([longitude, latitude]) => `${latitude},${longitude}`).join(' ')

function outerRings(outline: AreaGeometry): Position[][] {
  const polygons = outline.type === 'Polygon' ? [outline.coordinates] : outline.coordinates
  return polygons.flatMap(([outer]) => (outer ? [outer] : []))
}

/**
 * An outage as an alert by the Common Alerting Protocol, OASIS 1.2. As it was when it began to call for one it is the first
 * message; whatever changes afterwards, mains that are back too, is an update under an identifier of its own that names the
 * first (§3.2.1). Repeatable: the same outage gives the same message.
 */
export function capDocument(
  portal: Portal,
  { outage, sustainedAt, changedAt, outline, status }: Alert,
): string {
  const sender = `gridwitness@${new URL(portal.origin).host}`
  const first = { identifier: outage.outage_id, sent: capTime(sustainedAt) }
  const isOver = outage.ended_at !== null
  const isUpdate = isOver || changedAt > sustainedAt
  const at = changedAt > sustainedAt ? changedAt : sustainedAt
  const head = isUpdate
    ? { identifier: `${first.identifier}.${at.replaceAll(/[-:]/g, '')}`, sent: capTime(at) }
    : first
  return create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      alert: {
        '@xmlns': 'urn:oasis:names:tc:emergency:cap:1.2',
        identifier: head.identifier,
        sender,
        sent: head.sent,
        status,
        msgType: isUpdate ? 'Update' : 'Alert',
        scope: 'Public',
        ...(isUpdate && { references: `${sender},${first.identifier},${first.sent}` }),
        info: {
          language: 'en',
          category: 'Infra',
          event: 'Power outage',
          responseType: isOver ? 'AllClear' : 'Monitor',
          urgency: isOver ? 'Past' : 'Immediate',
          severity: isOver ? 'Minor' : 'Moderate',
          certainty: 'Observed',
          onset: capTime(outage.started_at),
          senderName: 'Gridwitness',
          headline: xmlText(outageTitle(outage)),
          description: xmlText(outageSummary(outage)),
          web: outageUrl(portal, outage),
          parameter: {
            valueName: 'customers_affected',
            value: String(outage.customers_affected),
          },
          area: {
            areaDesc: xmlText(placeName(outage)),
            ...(outline && { polygon: outerRings(outline).map(polygonText) }),
            geocode: { valueName: 'gridwitness_area_id', value: outage.area_id },
          },
        },
      },
    },
  ).end({ prettyPrint: true })
}
