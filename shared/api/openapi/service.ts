import { z } from 'zod'
import { bytes, json, operation, read, type Paths } from './operation.ts'

const gatewayQuery = z.object({
  format: z.enum(['raw', 'car']).optional(),
  filename: z.string().optional(),
})

/** The portal as a service: this document, the gateway, what operators look at. */
export const servicePaths: Paths = {
  '/api/v1/openapi.json': {
    get: operation({
      operationId: 'getOpenApi',
      tag: 'service',
      summary: 'This document',
      answers: read('OpenAPI 3.1', { type: 'object' }),
    }),
  },
  '/robots.txt': {
    get: operation({
      operationId: 'getRobots',
      tag: 'service',
      summary: 'What crawlers may read, RFC 9309',
      answers: { 200: bytes('Everything that is public', 'text/plain') },
    }),
  },
  '/.well-known/security.txt': {
    get: operation({
      operationId: 'getSecurityText',
      tag: 'service',
      summary:
        'Where to report a weakness, RFC 9116; not there where the operator names no contact',
      answers: { 200: bytes('A contact', 'text/plain') },
      problems: ['not_found'],
    }),
  },
  '/ipfs/{cid}': {
    get: operation({
      operationId: 'getIpfs',
      tag: 'ledger',
      summary: 'Read-only gateway: a file, one block (`raw`) or the whole DAG (`car`)',
      description: 'The bytes hash to the CID, so nobody needs to be believed.',
      params: { cid: z.string() },
      query: gatewayQuery,
      answers: {
        200: bytes(
          'Bytes that hash to the CID',
          'application/x-ndjson',
          'application/vnd.ipld.raw',
          'application/vnd.ipld.car; version=1',
        ),
        304: { description: 'It is what `If-None-Match` names' },
      },
      problems: ['store_unavailable'],
    }),
  },
  '/health': {
    get: operation({
      operationId: 'getHealth',
      tag: 'service',
      isUncounted: true,
      summary: 'Whether the process answers',
      answers: { 200: json('It does', 'Health') },
    }),
  },
  '/ready': {
    get: operation({
      operationId: 'getReadiness',
      tag: 'service',
      isUncounted: true,
      summary: 'Whether readings can be accepted, and what each dependency says',
      answers: {
        ...read('They can', 'Readiness'),
        503: json('They cannot: the database is away', 'Readiness'),
      },
    }),
  },
  '/metrics': {
    get: operation({
      operationId: 'getMetrics',
      tag: 'service',
      isUncounted: true,
      summary: 'Metrics in the Prometheus text format; not there without a token configured',
      needsToken: true,
      answers: { 200: bytes('Metrics', 'text/plain; version=0.0.4; charset=utf-8') },
      problems: ['not_found', 'store_unavailable'],
    }),
  },
}
