import type { BATCH_STATES } from '../../../shared/api/ledger.ts'
import type { BatchRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import { waitingAreas } from './due-batches.ts'

type State = (typeof BATCH_STATES)[number]
type OnTheWay = Pick<BatchRow, 'area_id' | 'number' | 'state' | 'size' | 'failure'>

export interface LedgerMeasures {
  batches: Record<State, number>
  /** Records by how far they have come: `accepted` are in no batch, the others in one of that state. */
  waiting: Record<'accepted' | Exclude<State, 'final'>, number>
  /** Steps, areas and batches whose last try failed, by code. */
  failures: Record<string, number>
  /** Age of the oldest record that no transaction has anchored; 0 when there is none. */
  oldestUnanchoredSeconds: number
  /** Of the latest transaction that was mined; null: there is none, or it was mined before its cost was kept. */
  anchorGas: number | null
  anchorFeeWei: number | null
  anchorBatches: number | null
}

const MS_PER_S = 1000
/** More are not counted one by one: how old they are says more. */
const MAX_COUNTED = 100_000

/** Figures about the road, for operators. */
export async function measureLedger(deps: Pick<Deps, 'models' | 'clock'>): Promise<LedgerMeasures> {
  const { models, clock } = deps
  const now = clock.now().getTime()
  const onTheWay: OnTheWay[] = await models.batches
    .find(
      { state: { $in: ['sealed', 'published', 'anchored'] } },
      { area_id: 1, number: 1, state: 1, size: 1, failure: 1 },
    )
    .lean()
  const unsealed = await waitingAreas({ models })
  const oldest = Math.min(
    now,
    ...unsealed.map(({ oldestAt }) => oldestAt.getTime()),
    ...(await oldestRecords(deps, onTheWay)),
  )
  const batches = countBy(onTheWay, () => 1)
  const all = await models.batches.estimatedDocumentCount()
  return {
    batches: { ...batches, final: Math.max(0, all - onTheWay.length) },
    waiting: {
      accepted: await countUnsealed(
        deps,
        unsealed.map(({ areaId }) => areaId),
      ),
      ...countBy(onTheWay, ({ size }) => size),
    },
    failures: await failuresByCode(deps, onTheWay),
    oldestUnanchoredSeconds: (now - oldest) / MS_PER_S,
    ...(await latestAnchor(deps)),
  }
}

function countBy(rows: readonly OnTheWay[], countOf: (row: OnTheWay) => number) {
  const counts = { sealed: 0, published: 0, anchored: 0 }
  for (const row of rows) if (row.state !== 'final') counts[row.state] += countOf(row)
  return counts
}

/** When the first record of each area's first unanchored batch came: later batches of an area hold later ones. */
function oldestRecords(
  { models }: Pick<Deps, 'models'>,
  onTheWay: readonly OnTheWay[],
): Promise<number[]> {
  const unanchored = onTheWay.filter(({ state }) => state !== 'anchored')
  const byArea = Map.groupBy(unanchored, ({ area_id }) => area_id)
  return Promise.all(
    [...byArea].map(async ([areaId, ofArea]) => {
      const number = Math.min(...ofArea.map((batch) => batch.number))
      const first = await models.records
        .findOne({ area_id: areaId, batch_number: number }, { ordered_at: 1 })
        .sort({ ordered_at: 1 })
        .lean()
      return first?.ordered_at.getTime() ?? Number.POSITIVE_INFINITY
    }),
  )
}

async function countUnsealed(
  { models }: Pick<Deps, 'models'>,
  areaIds: readonly string[],
): Promise<number> {
  let count = 0
  for (const areaId of areaIds) {
    if (count >= MAX_COUNTED) break
    const waiting = { area_id: areaId, batch_number: null }
    count += await models.records.countDocuments(waiting, { limit: MAX_COUNTED - count })
  }
  return count
}

async function failuresByCode(
  { models }: Pick<Deps, 'models'>,
  onTheWay: readonly OnTheWay[],
): Promise<Record<string, number>> {
  const ofSteps = await models.failures.find({}, { failure: 1 }).lean()
  const codes = [...ofSteps, ...onTheWay].flatMap(({ failure }) => failure?.code ?? [])
  return Object.fromEntries(
    [...Map.groupBy(codes, (code) => code)].map(([code, { length }]) => [code, length]),
  )
}

async function latestAnchor({ models }: Pick<Deps, 'models'>) {
  const [latest] = await models.anchorTransactions
    .find({ state: 'mined' }, { gas_used: 1, fee_wei: 1, batches: 1 })
    .sort({ signed_at: -1 })
    .limit(1)
    .lean()
  return {
    anchorGas: latest?.gas_used ?? null,
    anchorFeeWei: latest?.fee_wei === undefined ? null : Number(latest.fee_wei),
    anchorBatches: latest?.batches.length ?? null,
  }
}
