import { randomUUID } from 'node:crypto'
import type { Deps } from './deps.ts'

/** Asks that all outages be derived anew from the records; the next `deriveOutages`, of any instance, begins with it. */
export async function rebuildOutages({ models }: Pick<Deps, 'models'>): Promise<void> {
  await models.outageRounds.updateOne(
    { _id: 'rebuild' },
    { $set: { number: randomUUID(), leaf_hashes: [], area_days: [] } },
    { upsert: true },
  )
}

/** Forgets all that was derived, if that was asked. The request goes last: cut short, it is done again. */
export async function finishRebuild({ models }: Pick<Deps, 'models'>): Promise<void> {
  const asked = await models.outageRounds.findById('rebuild').lean()
  if (!asked) return
  await models.outageRounds.deleteOne({ _id: 'round' })
  await models.outages.deleteMany({})
  await models.deviceBreaks.deleteMany({})
  await models.deviceLines.deleteMany({})
  await models.areaDays.deleteMany({})
  await models.records.updateMany(
    { type: { $in: ['reading', 'device_event'] } },
    { $set: { underived: true }, $unset: { placed_at: 1 } },
  )
  await models.outageRounds.deleteOne({ _id: 'rebuild', number: asked.number })
}
