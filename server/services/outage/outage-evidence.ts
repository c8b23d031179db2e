import type { LeafHashes } from '../../../shared/api/outages.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { findOutageRow } from './describe-outage.ts'
import { evidencePage, FIRST_PLACE, type EvidencePlace } from './evidence-page.ts'

interface PageQuery {
  limit: number
  cursor?: string | undefined
}

/**
 * `GET /outages/{id}/evidence`: leaf hashes of the readings behind each interruption, in their order. Throws `not_found`
 * or `malformed`.
 */
export async function listOutageEvidence(
  deps: Pick<Deps, 'models'>,
  outageId: string,
  { limit, cursor }: PageQuery,
): Promise<LeafHashes> {
  const { interruptions } = await findOutageRow(deps, outageId)
  const sources = interruptions.map(({ device_id, first_seq, last_seq }) => ({
    deviceId: device_id,
    firstSeq: first_seq,
    lastSeq: last_seq,
  }))
  const { items, next } = await evidencePage(deps, sources, { from: parsePlace(cursor), limit })
  return { items, next: next && `${next.index}.${next.seq}` }
}

function parsePlace(cursor: string | undefined): EvidencePlace {
  if (cursor === undefined) return FIRST_PLACE
  const [, index, seq] = /^(\d{1,9})\.(\d{1,16})$/.exec(cursor) ?? []
  if (index !== undefined && seq !== undefined) return { index: Number(index), seq: Number(seq) }
  throw new CodedError(
    'malformed',
    `cursor: expected one that this list answered as next, got ${cursor}`,
  )
}
