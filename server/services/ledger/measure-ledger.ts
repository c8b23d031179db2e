import { BATCH_STATES } from '../../../shared/api/ledger.ts'
import type { Deps } from '../deps.ts'
import { waitingAreas } from './due-batches.ts'

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
  const waiting = await waitingAreas({ models })
  const unanchored = await models.batches
    .findOne({ state: { $in: ['sealed', 'published'] } }, { sealed_at: 1 })
    .sort({ sealed_at: 1 })
    .lean()
  const oldest = Math.min(
    now,
    ...waiting.map(({ oldestAt }) => oldestAt.getTime()),
    unanchored?.sealed_at.getTime() ?? now,
  )
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
