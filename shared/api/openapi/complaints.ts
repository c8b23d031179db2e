import { z } from 'zod'
import { complaintIdField } from '../../complaint/index.ts'
import { areaIdField, hashField } from '../../fields.ts'
import { complaintQueueQuery } from '../complaint-admin.ts'
import {
  complaintsQuery,
  complaintStatisticsQuery,
  idempotencyKeyField,
  nearbyQuery,
  PHOTO_TYPES,
} from '../complaints.ts'
import { body, bytes, json, operation, read, type Paths } from './operation.ts'

const params = { complaintId: complaintIdField }
/** The same request under the same key is one request, however often it comes. */
const AGAIN = { headers: { 'Idempotency-Key': idempotencyKeyField } }
const BINARY = { type: 'string', format: 'binary' }
const FILING = ['unknown_area', 'another_office', 'challenge_unsolved', 'challenge_used'] as const
/** Of what takes the secret of a complaint's link, as a bearer token. */
const OWN = [
  'unauthorised',
  'not_found',
  'forbidden',
  'complaint_conflict',
  'store_unavailable',
] as const
const STEP = ['not_found', 'forbidden', 'complaint_conflict', 'store_unavailable'] as const

/** Complaints of citizens. */
export const complaintPaths: Paths = {
  '/api/v1/complaints': {
    get: operation({
      operationId: 'listComplaints',
      tag: 'complaints',
      summary: 'Complaints, newest first; an area stands for those within it too',
      query: complaintsQuery,
      answers: read('A page of complaints', 'Complaints'),
      problems: ['store_unavailable'],
    }),
    post: operation({
      operationId: 'fileComplaint',
      tag: 'complaints',
      summary: 'Files a complaint; answers the secret of its link, once, and a receipt',
      description:
        'Takes a solved challenge. The token is answered once and is the bearer token of every later step; it cannot be had again.',
      ...AGAIN,
      body: body('ComplaintRequest'),
      answers: { 201: json('It is in the ledger', 'ComplaintFiled') },
      problems: [...FILING, 'key_reused', 'rate_limited', 'store_unavailable'],
    }),
  },
  '/api/v1/complaints/challenge': {
    get: operation({
      operationId: 'getChallenge',
      tag: 'complaints',
      summary:
        'A proof of work to be done, as the ALTCHA widget solves it; good once, for 20 minutes',
      answers: read('The challenge', 'Challenge'),
      problems: ['rate_limited'],
    }),
  },
  '/api/v1/complaints/rules': {
    get: operation({
      operationId: 'getComplaintRules',
      tag: 'complaints',
      summary: 'How long a fault may take, and when what is personal is erased',
      answers: read('The rules', 'ComplaintRules'),
    }),
  },
  '/api/v1/complaints/nearby': {
    get: operation({
      operationId: 'listNearbyComplaints',
      tag: 'complaints',
      summary: 'Open complaints within 250 m, and what the sensors around say',
      query: nearbyQuery,
      answers: read('What is nearby', 'Nearby'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/complaints/{complaintId}': {
    get: operation({
      operationId: 'getComplaint',
      tag: 'complaints',
      summary:
        'A complaint with its events and their proofs; with the secret of its link as bearer token, also what came by it',
      params,
      answers: read('The complaint', 'Complaint'),
      problems: ['forbidden', 'not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/complaints/{complaintId}/join': {
    post: operation({
      operationId: 'joinComplaint',
      tag: 'complaints',
      summary: 'Says that it is the sender’s trouble too; answers a secret link of their own',
      params,
      ...AGAIN,
      body: body('JoinRequest'),
      answers: { 201: json('It is in the ledger', 'ComplaintFiled') },
      problems: [
        'not_found',
        'complaint_conflict',
        'challenge_unsolved',
        'challenge_used',
        'key_reused',
        'rate_limited',
        'store_unavailable',
      ],
    }),
  },
  '/api/v1/complaints/{complaintId}/comments': {
    post: operation({
      operationId: 'commentOnComplaint',
      tag: 'complaints',
      summary: 'Adds words; takes the secret of the link as bearer token',
      params,
      body: body('CommentRequest'),
      answers: { 201: json('It is in the ledger', 'ComplaintStep') },
      problems: OWN,
    }),
  },
  '/api/v1/complaints/{complaintId}/dispute': {
    post: operation({
      operationId: 'disputeComplaint',
      tag: 'complaints',
      summary: 'Disputes its closing, for 14 days; takes the secret of the link as bearer token',
      params,
      body: body('DisputeRequest'),
      answers: { 201: json('It is in the ledger', 'ComplaintStep') },
      problems: OWN,
    }),
  },
  '/api/v1/complaints/{complaintId}/redact': {
    post: operation({
      operationId: 'redactComplaint',
      tag: 'complaints',
      summary: 'Erases what came by a secret link, which is the bearer token',
      params,
      answers: { 200: json('It is erased, and the ledger says so', 'ComplaintStep') },
      problems: OWN,
    }),
  },
  '/api/v1/complaints/{complaintId}/photos': {
    post: operation({
      operationId: 'addComplaintPhoto',
      tag: 'complaints',
      summary: 'Adds a photo; takes the secret of the link as bearer token',
      params,
      otherTypes: Object.fromEntries(PHOTO_TYPES.map((type) => [type, { schema: BINARY }])),
      answers: { 201: json('Its commitment is in the ledger', 'ComplaintStep') },
      problems: [...OWN, 'too_large', 'unsupported_media_type'],
    }),
  },
  '/api/v1/complaints/{complaintId}/photos/{commitment}': {
    get: operation({
      operationId: 'getComplaintPhoto',
      tag: 'complaints',
      summary: 'A photo, for who handed it in; takes the secret of the link as bearer token',
      params: { ...params, commitment: hashField },
      answers: { 200: bytes('The photo', 'image/jpeg') },
      problems: ['unauthorised', 'forbidden', 'not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/areas/{areaId}/complaints/statistics': {
    get: operation({
      operationId: 'getComplaintStatistics',
      tag: 'complaints',
      summary: 'How complaints of an area and those within it were dealt with',
      params: { areaId: areaIdField },
      query: complaintStatisticsQuery,
      answers: read('The statistics', 'ComplaintStatistics'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
}

/** What officials do with complaints. */
export const complaintAdminPaths: Paths = {
  '/api/v1/admin/complaints': {
    get: operation({
      operationId: 'queueComplaints',
      tag: 'admin',
      summary:
        'Open complaints by their clock or the gravest first, with what the sensors around say',
      query: complaintQueueQuery,
      needsToken: true,
      needsSession: true,
      answers: read('A page of the queue', 'ComplaintQueue'),
      problems: ['forbidden', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/complaints/actions': {
    post: operation({
      operationId: 'handleComplaints',
      tag: 'admin',
      summary: 'The same step on many complaints, one record or one refusal each',
      body: body('ComplaintBulk'),
      needsToken: true,
      needsSession: true,
      answers: { 200: json('What became of each', 'ComplaintBulkAnswer') },
      problems: ['forbidden', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/complaints/unreported': {
    get: operation({
      operationId: 'listUnreportedOutages',
      tag: 'admin',
      summary: 'Measured outages that go on and that nobody complained of',
      needsToken: true,
      needsSession: true,
      answers: read('The outages', 'UnreportedOutages'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/admin/complaints/{complaintId}': {
    get: operation({
      operationId: 'getComplaintForOfficial',
      tag: 'admin',
      summary: 'A complaint with what is personal in it; that it was read is noted',
      params,
      needsToken: true,
      needsSession: true,
      answers: read('The complaint', 'Complaint'),
      problems: ['forbidden', 'not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/admin/complaints/{complaintId}/actions': {
    post: operation({
      operationId: 'handleComplaint',
      tag: 'admin',
      summary: 'One step of an official; it becomes a record',
      params,
      body: body('ComplaintAction'),
      needsToken: true,
      needsSession: true,
      answers: { 201: json('It is in the ledger', 'ComplaintStep') },
      problems: STEP,
    }),
  },
  '/api/v1/admin/complaints/{complaintId}/photos/{commitment}': {
    get: operation({
      operationId: 'getComplaintPhotoForOfficial',
      tag: 'admin',
      summary: 'A photo; that it was read is noted',
      params: { ...params, commitment: hashField },
      needsToken: true,
      needsSession: true,
      answers: { 200: bytes('The photo', 'image/jpeg') },
      problems: ['forbidden', 'not_found', 'store_unavailable'],
    }),
  },
}

const document = z.string().regex(/^\w+\.(?:json|xml)$/)
const GEOREPORT = ['application/json', 'text/xml'] as const

/** Open311 GeoReport v2, whose errors have a form of their own: docs/open311.md. */
export const open311Paths: Paths = {
  '/open311/v2/{document}': {
    get: operation({
      operationId: 'getGeoReport',
      tag: 'open311',
      summary: 'GeoReport v2: `discovery`, `services`, `requests`, each `.json` or `.xml`',
      params: { document },
      answers: { 200: bytes('As GeoReport v2 says', ...GEOREPORT) },
      problems: ['not_found'],
      refusalTypes: GEOREPORT,
    }),
    post: operation({
      operationId: 'postGeoReport',
      tag: 'open311',
      summary:
        'GeoReport v2: `requests.json` or `requests.xml`, a form; with `api_key` or `altcha`',
      params: { document },
      answers: { 201: bytes('As GeoReport v2 says', ...GEOREPORT) },
      problems: [...FILING, 'not_found', 'forbidden', 'too_large', 'unsupported_media_type'],
      refusalTypes: GEOREPORT,
    }),
  },
  '/open311/v2/{collection}/{document}': {
    get: operation({
      operationId: 'getGeoReportItem',
      tag: 'open311',
      summary: 'GeoReport v2: one of `services`, `requests` or `tokens`',
      params: { collection: z.enum(['services', 'requests', 'tokens']), document },
      answers: { 200: bytes('As GeoReport v2 says', ...GEOREPORT) },
      problems: ['not_found'],
      refusalTypes: GEOREPORT,
    }),
  },
}
