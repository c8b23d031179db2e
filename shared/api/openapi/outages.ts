import { areaIdField } from '../../fields.ts'
import { areaOutagesQuery, outageIdField, outageQuery, outagesQuery } from '../outages.ts'
import { reliabilityEvidenceQuery, reliabilityQuery } from '../reliability.ts'
import { operation, read, type Paths } from './operation.ts'

const leafHashes = read('A page of leaf hashes; a hash may come more than once', 'LeafHashes')

/** What was off when, and the figures that follow; docs/formats/outage-rules.md. */
export const outagePaths: Paths = {
  '/api/v1/outages': {
    get: operation({
      operationId: 'listOutages',
      tag: 'outages',
      summary: 'Outages, newest first; `from` and `to` bound their start, an area has all below it',
      description:
        '`from` and `to` bound the start. With `bbox`, outages of which at least one device of public place stands inside, in hundredths of a degree; homes have no public place and are left out.',
      query: outagesQuery,
      answers: read('A page of outages', 'Outages'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/outages/{outageId}': {
    get: operation({
      operationId: 'getOutage',
      tag: 'outages',
      summary: 'An outage with a page of its interruptions',
      params: { outageId: outageIdField },
      query: outageQuery,
      answers: read('The outage', 'OutageDetail'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/outages/{outageId}/evidence': {
    get: operation({
      operationId: 'listOutageEvidence',
      tag: 'outages',
      summary: 'Leaf hashes of the readings an outage rests on',
      params: { outageId: outageIdField },
      query: outageQuery,
      answers: leafHashes,
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/areas/{areaId}/outages': {
    get: operation({
      operationId: 'listAreaOutages',
      tag: 'outages',
      summary: 'Outages of an area and all below it, newest first',
      params: { areaId: areaIdField },
      query: areaOutagesQuery,
      answers: read('A page of outages', 'Outages'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/areas/{areaId}/reliability': {
    get: operation({
      operationId: 'getReliability',
      tag: 'outages',
      summary: 'SAIFI, SAIDI, CAIDI, MAIFI, ASAI with their coverage, of an area and all below it',
      description:
        'Without a period, the last 30 days with today. What is unknown is null with a reason, never 0; `coverage` says for how much of the period anything was heard.',
      params: { areaId: areaIdField },
      query: reliabilityQuery,
      answers: read('The figures', 'Reliability'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/areas/{areaId}/reliability/evidence': {
    get: operation({
      operationId: 'listFigureEvidence',
      tag: 'outages',
      summary: 'Leaf hashes of the records a figure rests on',
      params: { areaId: areaIdField },
      query: reliabilityEvidenceQuery,
      answers: leafHashes,
      problems: ['not_found', 'store_unavailable'],
    }),
  },
}
