import type { RecordRow } from '../../models/index.ts'
import type { Deps } from '../deps.ts'
import type { DeviceChange } from '../figure/changed-days.ts'
import { breakKey, breakRow, gapRow, interruptionRow, isStored } from './outage-rows.ts'
import { writeRows } from './write-rows.ts'

type Writing = Pick<Deps, 'models'>

/** What devices were off, silent, or left out numbers, and which of it are interruptions, by keys that follow from the records alone. Repeatable. */
export async function writeBreaks(
  { models }: Writing,
  changes: readonly DeviceChange[],
): Promise<void> {
  const saved = changes.flatMap(({ deviceId, line: { breaks, gaps }, interruptions }) => [
    ...new Map(
      [
        ...[...breaks.added.values()].filter(isStored).map((one) => breakRow(deviceId, one)),
        ...interruptions.added.map(interruptionRow),
      ].map((row) => [row._id, row]),
    ).values(),
    ...[...gaps.added.values()].map((gap) => gapRow(deviceId, gap)),
  ])
  const savedIds = new Set(saved.map(({ _id }) => _id))
  // Breaks that stay and count no more.
  const outOfService = changes.flatMap(({ deviceId, line: { breaks }, interruptions }) =>
    interruptions.removed.flatMap(({ firstSeq }) => {
      const key = breakKey(deviceId, { state: 'off', firstSeq })
      return savedIds.has(key) || breaks.removed.has(key) ? [] : [key]
    }),
  )
  const gone = changes.flatMap(({ line: { breaks, gaps } }) => [
    ...[...breaks.removed].flatMap(([key, one]) => {
      const now = breaks.added.get(key)
      return isStored(one) && !(now && isStored(now)) ? [key] : []
    }),
    ...[...gaps.removed.keys()].filter((key) => !gaps.added.has(key)),
  ])
  await writeRows(models.deviceBreaks, [
    ...saved.map((row) => ({
      replaceOne: { filter: { _id: row._id }, replacement: row, upsert: true },
    })),
    ...outOfService.map((_id) => ({
      updateOne: { filter: { _id }, update: { $unset: { interruption: 1 as const } } },
    })),
  ])
  if (gone.length > 0) await models.deviceBreaks.deleteMany({ _id: { $in: gone } })
}

/**
 * Marks records as derived from, each with the time that counts for it. Repeatable. Of thousands nearly all count when they
 * were measured: one statement for those, and one each for others.
 */
export async function markDerived(
  { models }: Writing,
  rows: readonly RecordRow[],
  changes: readonly DeviceChange[],
): Promise<void> {
  const placed = changes.flatMap(({ line }) => [...line.placed.values()])
  const inRound = new Map(rows.map((row) => [row._id, row]))
  const placedIds = new Set(placed.map(({ leafHash }) => leafHash))
  const unplaced = [...inRound.keys()].filter((id) => !placedIds.has(id))
  const { asMeasured = [], otherwise = [] } = Object.groupBy(placed, ({ leafHash, placedAt }) =>
    inRound.get(leafHash)?.measured_at?.getTime() === placedAt ? 'asMeasured' : 'otherwise',
  )
  await writeRows(models.records, [
    {
      updateMany: {
        filter: { _id: { $in: asMeasured.map(({ leafHash }) => leafHash) } },
        update: [{ $set: { placed_at: '$measured_at' } }, { $unset: 'underived' }],
      },
    },
    { updateMany: { filter: { _id: { $in: unplaced } }, update: { $unset: { underived: 1 } } } },
    ...otherwise.map(({ leafHash, placedAt }) => ({
      updateOne: {
        filter: { _id: leafHash },
        update: {
          $set: { placed_at: new Date(placedAt) },
          // One outside the round is placed anew and was derived before.
          ...(inRound.has(leafHash) && { $unset: { underived: 1 as const } }),
        },
      },
    })),
  ])
}

/** Saves where the line of each device ends, and when it was in service. Repeatable. */
export async function writeLines(
  { models }: Writing,
  changes: readonly DeviceChange[],
): Promise<void> {
  await writeRows(
    models.deviceLines,
    changes.map(({ after }) => ({
      replaceOne: { filter: { _id: after._id }, replacement: after, upsert: true },
    })),
  )
}
