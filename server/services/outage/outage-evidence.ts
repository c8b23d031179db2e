import type { LeafHashes } from '../../../shared/api/outages.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import type { Deps } from '../deps.ts'
import { findOutageRow } from './describe-outage.ts'
import type { InterruptionRow } from '../../models/index.ts'
import { cursorAfter, parseCursor, type Place } from '../page.ts'
import { evidencePage, MAX_SOURCES } from './evidence-page.ts'
import { IN_ORDER, ofOutage, onFrom } from './outage-interruptions.ts'

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
  const row = await findOutageRow(deps, outageId)
  const from = cursor === undefined ? null : parsePlace(cursor)
  const rows = await deps.models.deviceBreaks
    .find({ ...ofOutage(row), ...(from && onFrom(from)) })
    .sort(IN_ORDER)
    .limit(MAX_SOURCES + 1)
    .lean<InterruptionRow[]>()
  const sources = rows.map(({ device_id, first_seq, last_seq }) => ({
    deviceId: device_id,
    firstSeq: first_seq,
    lastSeq: last_seq,
  }))
  const { items, next } = await evidencePage(deps, sources, {
    from: { index: 0, seq: from?.seq ?? 0 },
    limit,
  })
  const first = next && rows[next.index]
  return { items, next: first ? placeText(first, next.seq) : null }
}

/** An interruption, and the first number of its readings not shown yet. */
interface EvidenceCursor extends Place {
  seq: number
}

const placeText = ({ interruption, _id }: InterruptionRow, seq: number): string =>
  `${seq}.${cursorAfter({ at: interruption.counted_at, id: _id })}`

function parsePlace(cursor: string): EvidenceCursor {
  const [, seq, place] = /^(\d{1,16})\.(.+)$/.exec(cursor) ?? []
  if (place !== undefined) return { seq: Number(seq), ...parseCursor(place) }
  throw new CodedError(
    'malformed',
    `cursor: expected one that this list answered as next, got ${cursor}`,
  )
}
