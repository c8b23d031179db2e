import { CHANGE_TYPES, type ChangeType } from '../../shared/api/events.ts'
import type { ComplaintSummary } from '../../shared/api/complaints.ts'
import type { Batch } from '../../shared/api/ledger.ts'
import type { StatusEvent } from '../../shared/api/map.ts'
import type { Outage } from '../../shared/api/outages.ts'
import type { DeviceRow } from '../models/index.ts'
import { areaNames } from './area/area-names.ts'
import {
  summaryOf,
  WITHOUT_PERSONAL,
  type PublicComplaintRow,
} from './complaint/complaint-summary.ts'
import type { Deps } from './deps.ts'
import { silentBefore, stateNow } from './device/device-state.ts'
import { asBatch } from './ledger/list-batches.ts'
import { asOutage } from './outage/list-outages.ts'

export type Change =
  | { type: 'status'; at: Date; areaId: string; data: StatusEvent }
  | { type: 'outage'; at: Date; areaId: string; data: Outage }
  | { type: 'batch'; at: Date; areaId: string; data: Batch }
  | { type: 'complaint'; at: Date; areaId: string; data: ComplaintSummary }

/** Clocks of instances may differ by this much: looked at again, so that nothing falls between. */
export const OVERLAP_MS = 2_000
/** Who was away for longer loads the page again: nothing is resumed. */
const MAX_AWAY_MS = 10 * 60_000
/** Changes of each kind told again to who returns; who missed more sees the latest of them. */
const MAX_MISSED = 2_000

/** A district that goes dark has a hundred thousand. */
const STATUS_FIELDS = { area_id: 1, last: 1, changed_at: 1, point: 1, customers_served: 1 } as const
type StatusRow = Pick<DeviceRow, '_id' | keyof typeof STATUS_FIELDS>

/**
 * What a returning listener may have missed, some of it a second time: events say how things are now, so that does no
 * harm. Nothing for a new listener, or for an id this server never gave.
 */
export async function missedChanges(
  deps: Deps,
  lastEventId: string | undefined,
  types?: readonly ChangeType[],
): Promise<Change[]> {
  const lastAtMs = Date.parse(lastEventId ?? '')
  const isRecent = lastAtMs > deps.clock.now().getTime() - MAX_AWAY_MS
  if (!isRecent) return []
  return followChanges(deps, new Date(lastAtMs - OVERLAP_MS), { atMost: MAX_MISSED, types })
}

/**
 * What changed at or after a server time, oldest first: states of devices, outages, batches and complaints, each as it is
 * now. Of more than `atMost` of a type, the latest; of all types where none are given.
 */
export async function followChanges(
  deps: Deps,
  after: Date,
  {
    atMost,
    types = CHANGE_TYPES,
  }: { atMost?: number; types?: readonly ChangeType[] | undefined } = {},
): Promise<Change[]> {
  const { models } = deps
  const changed = { changed_at: { $gte: after } }
  // 0 is no limit to MongoDB.
  const limit = atMost ?? 0
  const ofType = <Row>(type: ChangeType, find: () => Promise<Row[]>): Promise<Row[]> =>
    types.includes(type) ? find() : Promise.resolve([])
  const [devices, outages, batches, complaints] = await Promise.all([
    ofType('status', () =>
      models.devices
        .find(changed, STATUS_FIELDS)
        .sort({ changed_at: -1 })
        .limit(limit)
        .lean<StatusRow[]>(),
    ),
    ofType('outage', () =>
      models.outages.find(changed).sort({ changed_at: -1 }).limit(limit).lean(),
    ),
    ofType('batch', () =>
      models.batches.find(changed).sort({ changed_at: -1 }).limit(limit).lean(),
    ),
    ofType('complaint', () =>
      models.complaints
        .find(changed, WITHOUT_PERSONAL)
        .sort({ changed_at: -1 })
        .limit(limit)
        .lean<PublicComplaintRow[]>(),
    ),
  ])
  const silentBeforeAt = silentBefore(deps)
  const statuses = devices.flatMap((row): Change[] => {
    if (!row.last || !row.changed_at) return []
    const [longitude, latitude] = row.point?.coordinates ?? []
    const data: StatusEvent = {
      device_id: row._id,
      area_id: row.area_id,
      state: stateNow(row, silentBeforeAt),
      since: row.last.since,
      latitude: latitude ?? null,
      longitude: longitude ?? null,
      customers_served: row.customers_served,
    }
    return [{ type: 'status', at: row.changed_at, areaId: row.area_id, data }]
  })
  const names = await areaNames(
    deps,
    outages.map(({ area_id }) => area_id),
  )
  const now = deps.clock.now()
  const outed = outages.map((row): Change => ({
    type: 'outage',
    at: row.changed_at,
    areaId: row.area_id,
    data: asOutage(row, names.get(row.area_id) ?? null, now),
  }))
  const moved = batches.map((row): Change => ({
    type: 'batch',
    at: row.changed_at,
    areaId: row.area_id,
    data: asBatch(row, 'not_asked'),
  }))
  const complained = complaints.flatMap((row) =>
    summaryOf(deps, row).map((data): Change => ({
      type: 'complaint',
      at: row.changed_at,
      areaId: row.area_id,
      data,
    })),
  )
  return [...statuses, ...outed, ...moved, ...complained].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  )
}
