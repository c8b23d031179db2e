import { z } from 'zod'
import { areaIdField, integerField } from '../../fields.ts'
import { batchesQuery, dueQuery } from '../ledger.ts'
import { pageQuery } from '../page.ts'
import { bytes, operation, read, type Paths } from './operation.ts'

const batch = { areaId: areaIdField, number: integerField(1) }

/** Batches, and the ledger they form. */
export const ledgerPaths: Paths = {
  '/api/v1/batches': {
    get: operation({
      operationId: 'listBatches',
      tag: 'ledger',
      summary: 'Batches, newest first',
      description:
        '`state` goes from `sealed` over `published` and `anchored` to `final`, never back.',
      query: batchesQuery,
      answers: read('A page of batches', 'Batches'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/batches/{areaId}/{number}': {
    get: operation({
      operationId: 'getBatch',
      tag: 'ledger',
      summary: 'A batch and how far it has come',
      params: batch,
      answers: read('The batch', 'Batch'),
      problems: ['not_found', 'store_unavailable'],
    }),
  },
  '/api/v1/batches/{areaId}/{number}/file': {
    get: operation({
      operationId: 'getBatchFile',
      tag: 'ledger',
      summary: 'The file of a batch exactly as pinned on IPFS',
      params: batch,
      answers: { 200: bytes('Header and records, one a line', 'application/x-ndjson') },
      problems: ['not_found', 'not_published_yet', 'store_unavailable'],
    }),
  },
  '/api/v1/batches/{areaId}/{number}/records': {
    get: operation({
      operationId: 'listBatchRecords',
      tag: 'ledger',
      summary: 'Records of a batch in their order',
      params: batch,
      query: z.strictObject(pageQuery),
      answers: read('A page of records', 'BatchRecords'),
      problems: ['not_found', 'record_damaged', 'store_unavailable'],
    }),
  },
  '/api/v1/ledger': {
    get: operation({
      operationId: 'getLedger',
      tag: 'ledger',
      summary: 'Chain, contract, key and addresses the portal itself uses',
      answers: read('The ledger', 'Ledger'),
    }),
  },
  '/api/v1/ledger/due': {
    get: operation({
      operationId: 'listDueBatches',
      tag: 'ledger',
      summary: 'Areas with records that wait for a batch, the next due first',
      query: dueQuery,
      answers: read('What waits, and until when', 'Due'),
      problems: ['store_unavailable'],
    }),
  },
  '/api/v1/ledger/abi': {
    get: operation({
      operationId: 'getLedgerAbi',
      tag: 'ledger',
      summary: 'ABI of the contract',
      answers: read('The ABI', { type: 'array', items: { type: 'object' } }),
    }),
  },
}
