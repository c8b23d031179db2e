import { randomUUID } from 'node:crypto'
import { isSettled, type Period, type Sums } from '../../../shared/outage/index.ts'
import { areaDaySums, type AsOf } from './area-day-sums.ts'
import type { Deps } from '../deps.ts'
import { isDuplicateKey } from '../insert-new.ts'

/** Days computed at a time: what is read for them is held in memory. */
const DAYS_AT_ONCE = 31
const DATE_CHARACTERS = 'YYYY-MM-DD'.length

export const areaDayId = (areaId: string, dayAt: number): string =>
  `${areaId}.${new Date(dayAt).toISOString().slice(0, DATE_CHARACTERS)}`

/** The sums of one area, without those below it, for one day. */
export interface AreaDay {
  areaId: string
  day: Period
  sums: Sums
}

type Reading = Pick<Deps, 'models'>

/**
 * The sums of each of these areas for each of these whole days (UTC), by area, then day. Kept days are read, others
 * computed; those that time alone no longer changes are kept for the next who asks.
 */
export async function areaDays(
  deps: Reading,
  areaIds: readonly string[],
  days: readonly Period[],
  asOf: AsOf,
): Promise<AreaDay[]> {
  const kept = await keptSums(deps, areaIds, days)
  const found: AreaDay[] = []
  for (const areaId of areaIds) {
    const missing = days.filter(({ fromAt }) => !kept.has(areaDayId(areaId, fromAt)))
    const made = await missingSums(deps, areaId, missing, asOf)
    for (const day of days) {
      const id = areaDayId(areaId, day.fromAt)
      const sums = kept.get(id) ?? made.get(id)
      if (sums) found.push({ areaId, day, sums })
    }
  }
  return found
}

/** Forgets kept days, by their ids; who computes one now cannot keep it. */
export async function forgetAreaDays({ models }: Reading, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await models.areaDays.deleteMany({ _id: { $in: [...ids] } })
}

async function keptSums(
  { models }: Reading,
  areaIds: readonly string[],
  days: readonly Period[],
): Promise<Map<string, Sums>> {
  const [first, last] = [days[0], days.at(-1)]
  if (!first || !last) return new Map()
  const rows = await models.areaDays
    .find(
      {
        area_id: { $in: [...areaIds] },
        day: { $gte: new Date(first.fromAt), $lte: new Date(last.fromAt) },
      },
      { sums: 1 },
    )
    .lean()
  return new Map(rows.flatMap(({ _id, sums }) => (sums ? [[_id, sums]] : [])))
}

async function missingSums(
  deps: Reading,
  areaId: string,
  missing: readonly Period[],
  asOf: AsOf,
): Promise<Map<string, Sums>> {
  const made = new Map<string, Sums>()
  for (let at = 0; at < missing.length; at += DAYS_AT_ONCE) {
    const days = missing.slice(at, at + DAYS_AT_ONCE)
    const settled = days.filter((day) => isSettled(day, asOf))
    const keep = await beginToKeep(deps, areaId, settled)
    const sums = await areaDaySums(deps, areaId, days, asOf)
    days.forEach(({ fromAt }, index) => {
      const ofDay = sums[index]
      if (ofDay) made.set(areaDayId(areaId, fromAt), ofDay)
    })
    await keep(made)
  }
  return made
}

/** Notes that days are about to be computed. What it answers keeps their sums, save of those forgotten since. */
async function beginToKeep({ models }: Reading, areaId: string, days: readonly Period[]) {
  const lastAt = days.at(-1)?.toAt ?? 0
  const service = { $elemMatch: { areaId, fromAt: { $lt: lastAt } } }
  if (!(await models.deviceLines.exists({ service }))) return () => Promise.resolve()
  const token = randomUUID()
  const ids = days.map(({ fromAt }) => areaDayId(areaId, fromAt))
  await ignoringTaken(
    models.areaDays.bulkWrite(
      days.map(({ fromAt }, index) => ({
        updateOne: {
          filter: { _id: ids[index], sums: null },
          update: { $set: { area_id: areaId, day: new Date(fromAt), token } },
          upsert: true,
        },
      })),
      { ordered: false },
    ),
  )
  return async (made: ReadonlyMap<string, Sums>): Promise<void> => {
    await models.areaDays.bulkWrite(
      ids.map((_id) => {
        const sums = made.get(_id)
        const filter = { _id, token }
        // Days before anything was in service are cheap to compute, and without number.
        return sums && sums.deviceSecondsEnrolled > 0
          ? { updateOne: { filter, update: { $set: { sums } } } }
          : { deleteOne: { filter } }
      }),
      { ordered: false },
    )
  }
}

/** Somebody else kept some of them just now. */
async function ignoringTaken(writing: Promise<unknown>): Promise<void> {
  try {
    await writing
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
}
