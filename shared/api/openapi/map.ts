import { z } from 'zod'
import { areaIdField, deviceIdField } from '../../fields.ts'
import { eventsQuery } from '../events.ts'
import { areasQuery, mapQuery } from '../map.ts'
import { searchQuery } from '../search.ts'
import { timelineQuery } from '../timeline.ts'
import { operation, read, type Paths } from './operation.ts'
import { ref } from './schemas.ts'

const eventStream = {
  description:
    'Server-sent events `status`, `outage`, `batch` and `complaint`, their data in JSON; `alive` every 20 seconds. Where more than a hundred of a type come at once, one `changed` says so in their place: ask again for what is shown. `Last-Event-ID` resumes within ten minutes; one that this server never gave is passed over.',
  content: {
    'text/event-stream': {
      schema: { type: 'string', contentMediaType: 'application/json' },
      'x-event-data': {
        status: ref('StatusEvent'),
        outage: ref('Outage'),
        batch: ref('Batch'),
        complaint: ref('ComplaintSummary'),
        changed: ref('ChangedEvent'),
      },
    },
  },
}

/** What is on, off or silent now. */
export const mapPaths: Paths = {
  '/api/v1/map': {
    get: operation({
      operationId: 'getMap',
      tag: 'map',
      summary:
        'Devices near, clusters far, as GeoJSON; bbox is west,south,east,north in degrees, `at` a moment of the last 48 hours',
      description:
        'At most 2,000 features: more devices than that are told as clusters. Only devices of public place.',
      query: mapQuery,
      answers: read('The map', 'Map', 'application/geo+json'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/areas': {
    get: operation({
      operationId: 'listAreas',
      tag: 'map',
      summary:
        'The tree of areas with the state of their devices now, or `at` a moment of the last 48 hours',
      query: areasQuery,
      answers: read('A page of areas', 'Areas'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/areas/{areaId}': {
    get: operation({
      operationId: 'getArea',
      tag: 'map',
      summary: 'An area with the state of its devices now',
      params: { areaId: areaIdField },
      answers: read('The area', 'Area'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/search': {
    get: operation({
      operationId: 'search',
      tag: 'map',
      summary: 'Areas by the beginning of their name or id, devices by that of their id',
      query: searchQuery,
      answers: read('At most 20', 'SearchAnswer'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/devices/{deviceId}': {
    get: operation({
      operationId: 'getDevice',
      tag: 'devices',
      summary: 'Public facts of a device, its history in the ledger, its contradictions',
      params: { deviceId: deviceIdField },
      answers: read('The device', 'Device'),
      problems: ['not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/devices/{deviceId}/timeline': {
    get: operation({
      operationId: 'getTimeline',
      tag: 'devices',
      summary: 'When a device was on, off or silent, gaps in its numbering, contradictions',
      description:
        'Without a period, the last 7 days. Intervals cover the period in order; where the answer would be too long, `next_from` says where to go on.',
      params: { deviceId: deviceIdField },
      query: timelineQuery,
      answers: read('The timeline', 'Timeline'),
      problems: ['not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/events': {
    get: operation({
      operationId: 'followEvents',
      tag: 'map',
      summary:
        'Changes of devices, outages, batches and complaints as they happen; of one area, or of some `types` with commas between them',
      description:
        'Each event says how things are now, so one that comes twice does no harm. Who was away for longer than ten minutes reads anew.',
      query: eventsQuery,
      headers: { 'Last-Event-ID': z.string() },
      answers: { 200: eventStream },
      problems: ['not_found', 'rate_limited', 'store_unavailable'],
    }),
  },
}
