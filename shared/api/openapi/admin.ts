import { z } from 'zod'
import { areaIdField, deviceIdField } from '../../fields.ts'
import { adminAreasQuery, adminDevicesQuery } from '../administration.ts'
import { MAX_ENROLMENTS_PER_REQUEST } from '../devices.ts'
import { failuresQuery } from '../ledger.ts'
import { body, json, oneOrMany, operation, read, type Paths } from './operation.ts'

const oneOrManyEnrolled = oneOrMany('Enrolled', MAX_ENROLMENTS_PER_REQUEST)

/** What the operator's token opens, and officials by their roles. */
export const adminPaths: Paths = {
  '/api/v1/admin/areas': {
    get: operation({
      operationId: 'listAreasForAdmin',
      tag: 'admin',
      summary: 'Areas by their ids, without outlines',
      query: adminAreasQuery,
      needsToken: true,
      needsSession: true,
      answers: read('Areas', 'AdminAreas'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/admin/ledger': {
    get: operation({
      operationId: 'describeLedgerForAdmin',
      tag: 'admin',
      summary: 'The account that pays for anchors, and what the operator chose; no secrets',
      needsToken: true,
      needsSession: true,
      answers: read('Account, balance and settings', 'AdminLedger'),
    }),
  },
  '/api/v1/admin/failures/retry': {
    post: operation({
      operationId: 'retryFailure',
      tag: 'admin',
      summary: 'Brings the next try of what failed forward to now; alters no record',
      body: body('RetryRequest'),
      needsToken: true,
      needsSession: true,
      answers: { 200: json('It is tried with the next beat of the clock', 'Retry') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/areas/{areaId}': {
    get: operation({
      operationId: 'describeAreaForAdmin',
      tag: 'admin',
      summary: 'An area as it was put, to be put again with a change',
      params: { areaId: areaIdField },
      needsToken: true,
      needsSession: true,
      answers: read('The area', 'AreaRequest'),
      problems: ['not_found', 'store_unavailable'],
    }),
    put: operation({
      operationId: 'putArea',
      tag: 'admin',
      summary: 'Creates an area or changes it',
      params: { areaId: areaIdField },
      body: body('AreaRequest'),
      needsToken: true,
      needsSession: true,
      headers: { 'If-None-Match': z.literal('*').optional() },
      answers: {
        200: json('The area is as the body says', 'AreaPut'),
        201: json('As the body says, and new, where only that was asked for', 'AreaPut'),
      },
      problems: ['unknown_area', 'area_conflict', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/devices': {
    get: operation({
      operationId: 'listDevices',
      tag: 'admin',
      summary: 'Devices by their ids: all, or those that need a look',
      query: adminDevicesQuery,
      needsToken: true,
      needsSession: true,
      answers: read('Devices with gaps and equivocations counted', 'AdminDevices'),
      problems: ['store_unavailable'],
    }),
    post: operation({
      operationId: 'enrolDevices',
      tag: 'admin',
      summary: 'Enrols one device or many; each enrolment becomes a ledger record',
      body: body(oneOrMany('Enrolment', MAX_ENROLMENTS_PER_REQUEST)),
      needsToken: true,
      needsSession: true,
      answers: {
        200: json('All were enrolled already, with the same facts', oneOrManyEnrolled),
        201: json('Enrolled', oneOrManyEnrolled),
      },
      problems: ['unknown_area', 'key_conflict', 'device_conflict', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/devices/{deviceId}/events': {
    post: operation({
      operationId: 'recordDeviceEvent',
      tag: 'admin',
      summary: 'Records what happens to an enrolled device',
      params: { deviceId: deviceIdField },
      body: body('DeviceEventRequest'),
      needsToken: true,
      needsSession: true,
      answers: { 201: json('Recorded', 'Enrolled') },
      problems: ['not_found', 'unknown_area', 'device_conflict', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/failures': {
    get: operation({
      operationId: 'listFailures',
      tag: 'admin',
      summary: 'What stops the ledger now',
      needsToken: true,
      needsSession: true,
      query: failuresQuery,
      answers: read('Steps, areas and batches whose last try failed', 'Failures'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/admin/refusals': {
    get: operation({
      operationId: 'listRefusals',
      tag: 'admin',
      summary:
        'Messages of the MQTT broker that were refused for good, as far as this instance remembers',
      needsToken: true,
      needsSession: true,
      answers: read('The last ones, newest first', 'Refusals'),
    }),
  },
  '/api/v1/admin/outages/rebuild': {
    post: operation({
      operationId: 'rebuildOutages',
      tag: 'admin',
      summary: 'Derives all outages and figures anew from the records',
      needsSession: true,
      answers: { 202: json('It begins within seconds', 'RebuildAsked') },
      problems: ['store_unavailable'],
    }),
  },
}
