import type { Deps } from '../deps.ts'

const LONGEST_WAIT_MS = 10_000

/** The first record received of those that outages do not follow from yet; null: there is none. */
export async function firstUnderived({ models }: Pick<Deps, 'models'>) {
  const [waiting] = await models.records
    .find({ underived: true }, { ordered_at: 1 })
    .sort({ ordered_at: 1, _id: 1 })
    .limit(1)
    .lean()
  return waiting ?? null
}

/** Whether deriving may wait: nothing was received so long ago that outages have to follow from it now. */
export async function mayWait(deps: Pick<Deps, 'models' | 'clock'>): Promise<boolean> {
  const first = await firstUnderived(deps)
  return !first || deps.clock.now().getTime() - first.ordered_at.getTime() < LONGEST_WAIT_MS
}

/**
 * Until when all that was received is in outages and figures, in ms since 1970: now, or when the first record was received
 * that they do not follow from yet. While all is derived anew: when that began.
 */
export async function knownUntil(deps: Pick<Deps, 'models' | 'clock'>): Promise<number> {
  const basis = await deps.models.outageBasis.findById('basis').lean()
  const beganAt = basis?.rebuild?.known_until_at
  if (beganAt) return beganAt.getTime()
  const now = deps.clock.now().getTime()
  return Math.min(now, (await firstUnderived(deps))?.ordered_at.getTime() ?? now)
}
