import type { LeafHashes } from '../shared/api/outages.ts'
import type { RecordPlace } from '../shared/api/ledger.ts'

/** Each record is asked for by itself. */
const LIMIT = 10

/** The records an outage rests on, page by page, each with where it stands in the ledger. */
export const useEvidence = (outageId: string) =>
  usePages<RecordPlace>(`evidence:${outageId}`, async (cursor) => {
    const { items, next } = await ask<LeafHashes>(
      supplyApi.outageEvidence(outageId, { cursor, limit: LIMIT }),
    )
    const records = await Promise.all(
      [...new Set(items)].map((leafHash) => ask<RecordPlace>(supplyApi.record(leafHash))),
    )
    return { items: records, next }
  })
