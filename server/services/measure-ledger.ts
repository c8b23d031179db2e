import { BATCH_STATES } from '../../shared/api/ledger.ts'
import type { Deps } from './deps.ts'

export interface LedgerMeasures {
  batches: Record<(typeof BATCH_STATES)[number], number>
  devices: number
  equivocations: number
  failures: number
  /** Age of the oldest waiting record, or of the oldest batch not yet anchored; 0 when there is neither. */
  oldestUnanchoredSeconds: number
}

const MS_PER_S = 1000

/** Figures for operators about every step of the road. */
export async function measureLedger({ models, clock }: Deps): Promise<LedgerMeasures> {
  const now = clock.now().getTime()
  const counts = await Promise.all(
    BATCH_STATES.map(
      async (state) => [state, await models.batches.countDocuments({ state })] as const,
    ),
  )
  const waiting = await oldestWaiting({ models })
  const unanchored = await models.batches
    .findOne({ state: { $in: ['sealed', 'published'] } }, { sealed_at: 1 })
    .sort({ sealed_at: 1 })
    .lean()
  const oldest = Math.min(waiting?.getTime() ?? now, unanchored?.sealed_at.getTime() ?? now)
  return {
    batches: Object.fromEntries(counts) as LedgerMeasures['batches'],
    devices: await models.devices.estimatedDocumentCount(),
    equivocations: await models.equivocations.estimatedDocumentCount(),
    failures:
      (await models.failures.countDocuments()) +
      (await models.batches.countDocuments({ failure: { $ne: null } })),
    oldestUnanchoredSeconds: (now - oldest) / MS_PER_S,
  }
}

/** When the oldest record that is in no batch came; asked area by area, as the index runs. */
async function oldestWaiting({ models }: Pick<Deps, 'models'>): Promise<Date | null> {
  const areas = await models.areas.find({}, { _id: 1 }).lean()
  const oldest = await Promise.all(
    areas.map(({ _id }) =>
      models.records
        .findOne({ area_id: _id, batch_number: null }, { ordered_at: 1 })
        .sort({ ordered_at: 1 })
        .lean(),
    ),
  )
  const times = oldest.flatMap((row) => (row ? [row.ordered_at.getTime()] : []))
  return times.length === 0 ? null : new Date(Math.min(...times))
}
