import { MAX_DUE_AREAS, type Due } from '../../../shared/api/ledger.ts'
import type { Deps } from '../deps.ts'

interface WaitingArea {
  areaId: string
  oldestAt: Date
}

/** Questions on the way at once: thousands of areas would keep all else from the database. */
const AREAS_AT_ONCE = 8

/** Areas with records that are in no batch, with the moment the oldest came; asked area by area, as the index runs. */
export async function waitingAreas(
  { models }: Pick<Deps, 'models'>,
  areaId?: string,
): Promise<WaitingArea[]> {
  const areas = await models.areas
    .find(areaId === undefined ? {} : { _id: areaId }, { _id: 1 })
    .lean()
  const waiting: WaitingArea[] = []
  const left = areas.values()
  const askNext = async (): Promise<void> => {
    for (const { _id } of left) {
      const oldest = await models.records
        .findOne({ area_id: _id, batch_number: null }, { ordered_at: 1 })
        .sort({ ordered_at: 1 })
        .lean()
      if (oldest) waiting.push({ areaId: _id, oldestAt: oldest.ordered_at })
    }
  }
  await Promise.all(Array.from({ length: AREAS_AT_ONCE }, askNext))
  return waiting
}

/** `GET /ledger/due`: which areas have records waiting and when their batch is due, the next first. */
export async function dueBatches(
  { models, clock, settings }: Pick<Deps, 'models' | 'clock' | 'settings'>,
  { area_id }: { area_id?: string | undefined },
): Promise<Due> {
  const waiting = await waitingAreas({ models }, area_id)
  const items = waiting
    .toSorted((a, b) => a.oldestAt.getTime() - b.oldestAt.getTime())
    .slice(0, MAX_DUE_AREAS)
    .map(({ areaId, oldestAt }) => ({
      area_id: areaId,
      oldest_at: oldestAt.toISOString(),
      due_at: new Date(oldestAt.getTime() + settings.batchIntervalMs).toISOString(),
    }))
  return { as_of: clock.now().toISOString(), items }
}
