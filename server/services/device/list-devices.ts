import type { z } from 'zod'
import type { AdminDevice, adminDevicesQuery } from '../../../shared/api/administration.ts'
import type { DeviceRow, Models } from '../../models/index.ts'
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
  const inArea = { status: { $ne: 'entering' as const }, ...(area_id && { area_id }) }
  const after = cursor === undefined ? {} : { _id: { $gt: cursor } }
  // Every id that begins so is at or after it, and before it with a letter behind all digits.
  const beginning = id === undefined ? {} : { _id: { $gte: id, $lt: `${id}G` } }
  const rows: DeviceRow[] = []
  if (concern === 'gaps' || concern === 'equivocations') {
    const from = [cursor ?? '', id ?? ''].sort().at(-1) ?? ''
    for await (const _id of deviceIdsWith(models, concern, from)) {
      const ofThese = { $and: [inArea, after, beginning, { _id: { $in: _id } }] }
      rows.push(...(await models.devices.find(ofThese).sort({ _id: 1 }).lean()))
      if (rows.length > limit) break
    }
  } else {
    const filter = { $and: [inArea, after, beginning, ofConcern(concern, silentBeforeAt)] }
    const alongStatus: Record<string, 1> = isStatus(concern) ? { status: 1, _id: 1 } : { _id: 1 }
    rows.push(
      ...(await models.devices
        .find(filter)
        .hint(area_id ? { area_id: 1, _id: 1 } : alongStatus)
        .sort({ _id: 1 })
        .limit(limit + 1)
        .lean()),
    )
  }
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

const ID = { _id: 0, device_id: 1 } as const
interface DeviceOnly {
  device_id: string
}

function ofConcern(
  concern: Exclude<Query['concern'], 'gaps' | 'equivocations'>,
  silentBeforeAt: Date,
): Record<string, unknown> {
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
    case 'suspended':
    case 'revoked':
      return { status: concern }
  }
}

/** Devices looked at in one step: of a few their area and status are asked. */
const STEP = 500

/** Ids of devices with a concern, from one on, in their order and each once: along an index, and no further than is read. */
async function* deviceIdsWith(
  { deviceBreaks, equivocations }: Models,
  concern: 'gaps' | 'equivocations',
  from: string,
): AsyncGenerator<string[]> {
  const ofDevices = { device_id: { $gte: from } }
  const found =
    concern === 'gaps'
      ? deviceBreaks
          .find({ ...ofDevices, kind: 'gap' }, ID)
          .hint({ device_id: 1, kind: 1, to_at: 1 })
          .sort({ device_id: 1 })
          .lean<DeviceOnly>()
          .cursor()
      : equivocations.find(ofDevices, ID).sort({ device_id: 1 }).lean<DeviceOnly>().cursor()
  let ids: string[] = []
  for await (const { device_id } of found) {
    if (ids.at(-1) === device_id) continue
    if (ids.length === STEP) {
      yield ids
      ids = []
    }
    ids.push(device_id)
  }
  yield ids
}

function counted(rows: readonly { device_id: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { device_id } of rows) counts.set(device_id, (counts.get(device_id) ?? 0) + 1)
  return counts
}
