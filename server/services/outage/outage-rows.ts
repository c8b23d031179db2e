import type {
  Break,
  Interruption,
  NumberingGap,
  OutageEvent,
} from '../../../shared/outage/index.ts'
import type { DeviceBreakRow, OutageRow } from '../../models/index.ts'

type InterruptionRow = OutageRow['interruptions'][number]

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at))
const timeOf = (at: Date | null): number | null => at?.getTime() ?? null

export const breakKey = (deviceId: string, { state, firstSeq }: Break): string =>
  `${deviceId}:${state}:${firstSeq ?? ''}`

export const gapKey = (deviceId: string, { beforeSeq }: NumberingGap): string =>
  `${deviceId}:gap:${beforeSeq}`

/** The silence after the last reading moves with every reading: it is told by the device's tail and not stored. */
export const isStored = ({ state, toAt }: Break): boolean => state === 'off' || toAt !== null

export const breakRow = (deviceId: string, one: Break): DeviceBreakRow => ({
  _id: breakKey(deviceId, one),
  device_id: deviceId,
  kind: one.state,
  from_at: dateOf(one.fromAt),
  to_at: dateOf(one.toAt),
  first_seq: one.firstSeq,
  last_seq: one.lastSeq,
})

export const gapRow = (deviceId: string, gap: NumberingGap): DeviceBreakRow => ({
  _id: gapKey(deviceId, gap),
  device_id: deviceId,
  kind: 'gap',
  from_at: null,
  to_at: null,
  first_seq: gap.afterSeq,
  last_seq: gap.beforeSeq,
  gap: { kind: gap.kind, missing: gap.missing, leaf_hashes: gap.leafHashes },
})

/** A break as the rules know it; none of a gap. */
export function breakOf(row: DeviceBreakRow): Break[] {
  const bounds = { toAt: timeOf(row.to_at), firstSeq: row.first_seq, lastSeq: row.last_seq }
  const fromAt = timeOf(row.from_at)
  if (row.kind === 'silent') return [{ state: 'silent', fromAt, ...bounds }]
  return row.kind === 'off' && fromAt !== null ? [{ state: 'off', fromAt, ...bounds }] : []
}

const interruptionRow = (one: Interruption): InterruptionRow => ({
  device_id: one.deviceId,
  stage: one.stage,
  customers_served: one.customersServed,
  off_at: new Date(one.offAt),
  counted_at: new Date(one.countedAt),
  ended_at: dateOf(one.endedAt),
  first_seq: one.firstSeq,
  last_seq: one.lastSeq,
})

const interruptionOf = (areaId: string, row: InterruptionRow): Interruption => ({
  deviceId: row.device_id,
  areaId,
  stage: row.stage,
  customersServed: row.customers_served,
  offAt: row.off_at.getTime(),
  countedAt: row.counted_at.getTime(),
  endedAt: timeOf(row.ended_at),
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
})

/** An outage event as the rules know it. */
export const outageOf = (row: OutageRow): OutageEvent => ({
  id: row._id,
  areaId: row.area_id,
  startedAt: row.started_at.getTime(),
  lastStartAt: row.last_start_at.getTime(),
  endedAt: timeOf(row.ended_at),
  local: row.local,
  devices: row.devices,
  customersAffected: row.customers_affected,
  interruptions: row.interruptions.map((one) => interruptionOf(row.area_id, one)),
})

export const outageRow = (
  event: OutageEvent,
  cells: [number, number][],
  changedAt: Date,
): OutageRow => ({
  _id: event.id,
  area_id: event.areaId,
  started_at: new Date(event.startedAt),
  last_start_at: new Date(event.lastStartAt),
  ended_at: dateOf(event.endedAt),
  local: event.local,
  devices: event.devices,
  customers_affected: event.customersAffected,
  interruptions: event.interruptions.map(interruptionRow),
  ...(cells.length > 0 && { cells: { type: 'MultiPoint', coordinates: cells } }),
  changed_at: changedAt,
})
