import { hashField } from '../../fields.ts'
import {
  COMPACT_SEQUENCE_TYPE,
  COMPACT_TYPE,
  MAX_READINGS_PER_REQUEST,
  readingsQuery,
  REJECTION_CODES,
} from '../readings.ts'
import { body, json, oneOrMany, operation, read, type Paths } from './operation.ts'
import { ref } from './schemas.ts'

const oneOrManyAnswers = oneOrMany('Acceptance', MAX_READINGS_PER_REQUEST)

/** Readings and the records they become. */
export const readingPaths: Paths = {
  '/api/v1/readings': {
    get: operation({
      operationId: 'listReadings',
      tag: 'readings',
      summary: 'Stored readings, newest first',
      description:
        'By the device’s clock. `seq` asks for one number of a device. `chain` says whether a reading names the digest of the stored one before it.',
      query: readingsQuery,
      answers: read('A page of readings', 'StoredReadings'),
      problems: ['record_damaged', 'store_unavailable'],
    }),
    post: operation({
      operationId: 'postReadings',
      tag: 'readings',
      summary: 'Hands in one reading or many; what is accepted is durable and bears a receipt',
      description:
        'One reading or an array in JSON, one in compact form (COSE), or a sequence of them. Late is fine: a backlog may come newest first, days old. A reading more than five minutes ahead of the server is refused. To send one again is safe: it is answered as known.',
      body: body(oneOrMany('Reading', MAX_READINGS_PER_REQUEST)),
      // One in compact form, and a sequence of them.
      otherTypes: { [COMPACT_TYPE]: {}, [COMPACT_SEQUENCE_TYPE]: {} },
      answers: {
        200: json('All were known already, with the same content', oneOrManyAnswers),
        201: json('All were accepted', oneOrManyAnswers),
        207: json('Of many, some were rejected or known: one answer each, in their order', {
          type: 'array',
          items: ref('Acceptance'),
        }),
      },
      problems: [...REJECTION_CODES, 'store_unavailable'],
    }),
  },
  '/api/v1/records/{leafHash}': {
    get: operation({
      operationId: 'getRecord',
      tag: 'records',
      summary: 'A record and where it is',
      params: { leafHash: hashField },
      answers: read('The record', 'RecordPlace'),
      problems: ['not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/records/{leafHash}/proof': {
    get: operation({
      operationId: 'getProof',
      tag: 'records',
      summary: 'The proof bundle of an anchored record',
      description:
        'All that is needed to check a record against Ethereum and IPFS without this portal; `gridwitness verify` and the page /verify take it. 409 before its batch is anchored.',
      params: { leafHash: hashField },
      answers: read('The bundle, as a file', 'ProofBundle'),
      problems: ['not_found', 'not_anchored_yet', 'record_damaged', 'store_unavailable'],
    }),
  },
}
