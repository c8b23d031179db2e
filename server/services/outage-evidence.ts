import type { LeafHashes } from '../../shared/api/outages.ts'
import { CodedError } from '../../shared/coded-error.ts'
import type { Deps } from './deps.ts'
import { findOutageRow } from './describe-outage.ts'

interface PageQuery {
  limit: number
  cursor?: string | undefined
}

/** Where a page begins: an interruption, by its index, and the first number of its device's readings not shown yet. */
interface EvidencePlace {
  index: number
  seq: number
}

/**
 * `GET /outages/{id}/evidence`: leaf hashes of the readings behind each interruption, in their order. The cost of a page is
 * that of the page. Throws `not_found` or `malformed`.
 */
export async function listOutageEvidence(
  deps: Pick<Deps, 'models'>,
  outageId: string,
  { limit, cursor }: PageQuery,
): Promise<LeafHashes> {
  const { interruptions } = await findOutageRow(deps, outageId)
  const place = parsePlace(cursor)
  const items: string[] = []
  for (let { index, seq } = place; index < interruptions.length; index += 1, seq = 0) {
    const one = interruptions[index]
    if (!one) break
    const first = Math.max(seq, one.first_seq ?? 0)
    const numbers = { $gte: first, ...(one.last_seq !== null && { $lte: one.last_seq }) }
    const rows = await deps.models.records
      .find({ device_id: one.device_id, seq: numbers }, { seq: 1 })
      .sort({ seq: 1 })
      .limit(limit - items.length + 1)
      .lean()
    for (const row of rows) {
      if (items.length === limit) return { items, next: `${index}.${row.seq}` }
      items.push(row._id)
    }
  }
  return { items, next: null }
}

function parsePlace(cursor: string | undefined): EvidencePlace {
  if (cursor === undefined) return { index: 0, seq: 0 }
  const [, index, seq] = /^(\d{1,9})\.(\d{1,16})$/.exec(cursor) ?? []
  if (index !== undefined && seq !== undefined) return { index: Number(index), seq: Number(seq) }
  throw new CodedError(
    'malformed',
    `cursor: expected one that this list answered as next, got ${cursor}`,
  )
}
