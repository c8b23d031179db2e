import type { Deps } from './deps.ts'

/**
 * Until when all that was received is in outages and figures, in ms since 1970: now, or when the first record was received
 * that they do not follow from yet.
 */
export async function knownUntil({
  models,
  clock,
}: Pick<Deps, 'models' | 'clock'>): Promise<number> {
  const [waiting] = await models.records
    .find({ underived: true }, { ordered_at: 1 })
    .sort({ ordered_at: 1, _id: 1 })
    .limit(1)
    .lean()
  const now = clock.now().getTime()
  return waiting ? Math.min(now, waiting.ordered_at.getTime()) : now
}
