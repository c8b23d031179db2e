import type { LeafHashes } from '../../../shared/api/outages.ts'
import type { FIGURE_NAMES } from '../../../shared/api/reliability.ts'
import { CodedError } from '../../../shared/coded-error.ts'
import {
  leafHashesBehind,
  type LeavesOfReadings,
  type Period,
} from '../../../shared/outage/index.ts'
import { areaDescendants } from '../area/area-descendants.ts'
import { areaHistory, type AsOf } from './area-day-sums.ts'
import { figuresPeriod, type FiguresPeriod } from './area-figures.ts'
import type { Deps } from '../deps.ts'
import {
  evidencePage,
  FIRST_PLACE,
  type EvidencePlace,
  type EvidenceSource,
} from '../outage/evidence-page.ts'
import { knownUntil } from '../outage/known-until.ts'

type FigureName = (typeof FIGURE_NAMES)[number]

interface EvidenceQuery extends FiguresPeriod {
  figure: FigureName
  limit: number
  cursor?: string | undefined
}

/** Where a page begins: in the evidence of one area, of the figure as of one moment for all pages. */
interface FigurePlace {
  asOfAt: number
  areaId: string
  from: EvidencePlace
}

/**
 * `GET /areas/{id}/reliability/evidence`: leaf hashes of the records a figure of an area and all below it rests on, area
 * by area. Pages join as long as no late record changes the figure. Throws `not_found` or `malformed`.
 */
export async function listFigureEvidence(
  deps: Pick<Deps, 'models' | 'clock' | 'settings'>,
  areaId: string,
  { figure, limit, cursor, ...days }: EvidenceQuery,
): Promise<LeafHashes> {
  const period = figuresPeriod(deps, days)
  const areaIds = (await areaDescendants(deps, areaId)).sort()
  const place = cursor === undefined ? null : parsePlace(cursor)
  const asOfAt = place?.asOfAt ?? (await knownUntil(deps))
  const asOf = { asOfAt, heartbeatMs: deps.settings.heartbeatMs }
  for (const id of areaIds) {
    if (place && id < place.areaId) continue
    const from = place?.areaId === id ? place.from : FIRST_PLACE
    const sources = await sourcesOf(deps, figure, id, period, asOf)
    const page = await evidencePage(deps, sources, { from, limit })
    if (page.items.length === 0 && !page.next) continue
    const nextId = page.next ? id : areaIds.find((other) => other > id)
    const next = nextId && placeText({ asOfAt, areaId: nextId, from: page.next ?? FIRST_PLACE })
    return { items: page.items, next: next ?? null }
  }
  return { items: [], next: null }
}

/** A device's readings from one number to another, as one word of the evidence. */
const RANGE = /^(\w+):(\d*):(\d*)$/
const rangeText: LeavesOfReadings = (deviceId, firstSeq, lastSeq) => [
  `${deviceId}:${firstSeq ?? ''}:${lastSeq ?? ''}`,
]
const boundOf = (digits: string | undefined): number | null => (digits ? Number(digits) : null)

function sourceOf(word: string): EvidenceSource {
  const [, deviceId, first, last] = RANGE.exec(word) ?? []
  if (deviceId === undefined) return { leafHash: word }
  return { deviceId, firstSeq: boundOf(first), lastSeq: boundOf(last) }
}

async function sourcesOf(
  deps: Pick<Deps, 'models'>,
  figure: FigureName,
  areaId: string,
  period: Period,
  { asOfAt, heartbeatMs }: AsOf,
): Promise<EvidenceSource[]> {
  const history = await areaHistory(deps, areaId, period, heartbeatMs)
  const words = leafHashesBehind(
    figure,
    { ...history, asOfAt, heartbeatMs },
    { areaIds: new Set([areaId]), period, leavesOf: rangeText },
  )
  return [...new Set(words)].map(sourceOf)
}

const placeText = ({ asOfAt, areaId, from }: FigurePlace): string =>
  `${asOfAt}.${from.index}.${from.seq}.${areaId}`

function parsePlace(cursor: string): FigurePlace {
  const [, asOfAt, index, seq, areaId] =
    /^(\d{1,15})\.(\d{1,9})\.(\d{1,16})\.([a-z0-9-]{1,31})$/.exec(cursor) ?? []
  if (areaId !== undefined)
    return {
      asOfAt: Number(asOfAt),
      areaId,
      from: { index: Number(index), seq: Number(seq) },
    }
  throw new CodedError(
    'malformed',
    `cursor: expected one that this list answered as next, got ${cursor}`,
  )
}
