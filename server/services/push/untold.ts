import { MOMENTARY_MS } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import type { NoticeFacts } from './words.ts'

/** Older news is no news: records that come late say nothing to anybody's phone. */
const NEWS_MS = 6 * 3_600_000
/** Outages told of in one round; the next goes on with the others. */
const PER_ROUND = 1_000
/** Outages asked about at a time, whether they were told of. */
const LOOKED_UP = 500

/** What a notice says, and by what it is remembered as told. */
export type UntoldFacts = Omit<NoticeFacts, 'areaName'> & { areaId: string; key: string }

const TOLD_FIELDS = { area_id: 1, devices: 1, started_at: 1, ended_at: 1 } as const
type ToldRow = Pick<OutageRow, '_id' | keyof typeof TOLD_FIELDS>

/** Sustained beginnings nobody was told of, and ends of those somebody was: the newest, as many as one round tells. */
export async function untoldOf(deps: Deps): Promise<UntoldFacts[]> {
  const nowMs = deps.clock.now().getTime()
  const news = new Date(nowMs - NEWS_MS)
  const began = deps.models.outages
    .find(
      {
        ended_at: null,
        local: false,
        started_at: { $gte: news, $lt: new Date(nowMs - MOMENTARY_MS) },
      },
      TOLD_FIELDS,
    )
    .sort({ started_at: -1 })
  const ended = deps.models.outages
    .find({ changed_at: { $gte: news }, ended_at: { $ne: null }, local: false }, TOLD_FIELDS)
    .sort({ changed_at: -1 })
  const untold: UntoldFacts[] = []
  for (const [rows, kind] of [
    [began, 'began'],
    [ended, 'ended'],
  ] as const) {
    let group: UntoldFacts[] = []
    for await (const row of rows.lean<ToldRow>().cursor()) {
      group.push(factsOf(row, kind))
      if (group.length < LOOKED_UP) continue
      untold.push(...(await leavingOutTold(deps, group)))
      group = []
      if (untold.length >= PER_ROUND) return untold
    }
    untold.push(...(await leavingOutTold(deps, group)))
  }
  return untold
}

async function leavingOutTold(
  { models }: Deps,
  facts: readonly UntoldFacts[],
): Promise<UntoldFacts[]> {
  const keys = facts.flatMap(({ outageId }) => [`${outageId}:began`, `${outageId}:ended`])
  const rows = await models.pushNotices.find({ _id: { $in: keys } }, { _id: 1 }).lean()
  const told = new Set(rows.map(({ _id }) => _id))
  return facts.filter(
    ({ key, kind, outageId }) =>
      !told.has(key) && (kind === 'began' || told.has(`${outageId}:began`)),
  )
}

const factsOf = (row: ToldRow, kind: NoticeFacts['kind']): UntoldFacts => ({
  kind,
  key: `${row._id}:${kind}`,
  outageId: row._id,
  areaId: row.area_id,
  devices: row.devices,
  startedAt: row.started_at,
  endedAt: row.ended_at,
})
