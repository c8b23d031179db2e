import { areaIdField } from '../../fields.ts'
import { outageIdField, outagesFileQuery } from '../outages.ts'
import { areaPictureField, outagePictureField, pictureQuery } from '../pictures.ts'
import { reliabilityQuery } from '../reliability.ts'
import { bytes, operation, type Paths } from './operation.ts'

/** Feeds and downloads, all under CC BY 4.0. */
export const feedPaths: Paths = {
  '/areas/{areaId}/outages.atom': {
    get: operation({
      operationId: 'getAreaFeed',
      tag: 'feeds',
      summary: 'Latest outages of an area, RFC 4287',
      params: { areaId: areaIdField },
      answers: { 200: bytes('An Atom feed', 'application/atom+xml') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/areas/{areaId}/outages.ics': {
    get: operation({
      operationId: 'getAreaCalendar',
      tag: 'feeds',
      summary: 'Past outages of an area, RFC 5545',
      params: { areaId: areaIdField },
      answers: { 200: bytes('A calendar', 'text/calendar') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/areas/{areaId}/reliability.csv': {
    get: operation({
      operationId: 'getReliabilityFile',
      tag: 'feeds',
      summary: 'Figures of an area, RFC 4180',
      params: { areaId: areaIdField },
      query: reliabilityQuery,
      answers: { 200: bytes('One row for the period, one for each interval', 'text/csv') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/outages.csv': {
    get: operation({
      operationId: 'getOutagesFile',
      tag: 'feeds',
      summary: 'Outages, RFC 4180, newest first',
      query: outagesFileQuery,
      answers: { 200: bytes('One row for each outage', 'text/csv') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/outages.geojson': {
    get: operation({
      operationId: 'getOutagesGeojson',
      tag: 'feeds',
      summary: 'Outages, RFC 7946, newest first',
      query: outagesFileQuery,
      answers: { 200: bytes('A feature collection', 'application/geo+json') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/alerts.xml': {
    get: operation({
      operationId: 'getAlerts',
      tag: 'feeds',
      summary:
        'Outages of the last days that call for an alert, RFC 4287, each with its CAP 1.2 message',
      answers: { 200: bytes('An Atom feed', 'application/atom+xml') },
      problems: ['store_unavailable'],
    }),
  },
  '/outages/{outageId}/alert.cap': {
    get: operation({
      operationId: 'getAlert',
      tag: 'feeds',
      summary: 'An outage as an alert, CAP 1.2; not there for one that calls for none',
      params: { outageId: outageIdField },
      answers: { 200: bytes('The message', 'application/cap+xml') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/og/areas/{picture}': {
    get: operation({
      operationId: 'getAreaPicture',
      tag: 'feeds',
      summary: 'What the sensors of an area say now as a picture for links, `<area_id>.png`',
      params: { picture: areaPictureField },
      query: pictureQuery,
      answers: { 200: bytes('1200 by 630 pixels', 'image/png') },
      problems: ['not_found', 'rate_limited', 'store_unavailable'],
    }),
  },
  '/og/outages/{picture}': {
    get: operation({
      operationId: 'getOutagePicture',
      tag: 'feeds',
      summary: 'An outage as it stands as a picture for links, `<outage_id>.png`',
      params: { picture: outagePictureField },
      query: pictureQuery,
      answers: { 200: bytes('1200 by 630 pixels', 'image/png') },
      problems: ['not_found', 'rate_limited', 'store_unavailable'],
    }),
  },
}
