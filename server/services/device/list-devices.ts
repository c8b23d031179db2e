import type { z } from 'zod'
import type { AdminDevice, adminDevicesQuery } from '../../../shared/api/administration.ts'
import type { Deps } from '../deps.ts'
import { silentBefore, stateNow } from './device-state.ts'

type Query = z.output<typeof adminDevicesQuery>

/** `GET /admin/devices`: by their ids, the cursor being the last one; narrowed to those of a concern. */
export async function listDevices(
  deps: Pick<Deps, 'models' | 'clock' | 'settings'>,
  { limit, cursor, area_id, concern, id }: Query,
): Promise<{ items: AdminDevice[]; next: string | null }> {
  const { models } = deps
  const silentBeforeAt = silentBefore(deps)
  const rows = await models.devices
    .find({
      $and: [
        { status: { $ne: 'entering' }, ...(area_id && { area_id }) },
        cursor === undefined ? {} : { _id: { $gt: cursor } },
        // Every id that begins so is at or after it, and before it with a letter behind all digits.
        id === undefined ? {} : { _id: { $gte: id, $lt: `${id}G` } },
        await ofConcern(deps, concern, silentBeforeAt),
      ],
    })
    .hint(area_id ? { area_id: 1, _id: 1 } : isStatus(concern) ? { status: 1, _id: 1 } : { _id: 1 })
    .sort({ _id: 1 })
    .limit(limit + 1)
    .lean()
  const shown = rows.slice(0, limit)
  const ids = shown.map(({ _id }) => _id)
  const [gaps, equivocations] = await Promise.all([
    counted(await models.deviceBreaks.find({ device_id: { $in: ids }, kind: 'gap' }, ID).lean()),
    counted(await models.equivocations.find({ device_id: { $in: ids } }, ID).lean()),
  ])
  return {
    items: shown.map((row) => ({
      device_id: row._id,
      area_id: row.area_id,
      status: row.status === 'entering' ? 'active' : row.status,
      state: stateNow(row, silentBeforeAt),
      stage: row.stage,
      customers_served: row.customers_served,
      heard_at: row.last?.received_at.toISOString() ?? null,
      gaps: gaps.get(row._id) ?? 0,
      equivocations: equivocations.get(row._id) ?? 0,
    })),
    next: rows.length > limit ? (ids.at(-1) ?? null) : null,
  }
}

const isStatus = (concern: Query['concern']) => concern === 'suspended' || concern === 'revoked'

const ID = { device_id: 1 } as const

async function ofConcern(
  { models }: Pick<Deps, 'models'>,
  concern: Query['concern'],
  silentBeforeAt: Date,
): Promise<Record<string, unknown>> {
  switch (concern) {
    case undefined:
      return {}
    case 'silent':
      return {
        status: 'active',
        // As `stateNow` has it: what said OFF is off, however long ago.
        $or: [
          { last: null },
          { 'last.power_status': 'ON', 'last.received_at': { $lt: silentBeforeAt } },
        ],
      }
    case 'gaps':
      return { _id: { $in: await models.deviceBreaks.distinct('device_id', { kind: 'gap' }) } }
    case 'equivocations':
      return { _id: { $in: await models.equivocations.distinct('device_id') } }
    case 'suspended':
    case 'revoked':
      return { status: concern }
  }
}

function counted(rows: readonly { device_id: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { device_id } of rows) counts.set(device_id, (counts.get(device_id) ?? 0) + 1)
  return counts
}
