import { isDeepStrictEqual } from 'node:util'
import type {
  Break,
  Interruption,
  NumberingGap,
  OutageEvent,
  Place,
} from '../../../shared/outage/index.ts'
import type { DeviceBreakRow, InterruptionRow, OutageRow } from '../../models/index.ts'

const CELLS_PER_DEGREE = 100

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at))
const timeOf = (at: Date | null): number | null => at?.getTime() ?? null

export const breakKey = (
  deviceId: string,
  { state, firstSeq }: Pick<Break, 'state' | 'firstSeq'>,
): string => `${deviceId}:${state}:${firstSeq ?? ''}`

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

/** The cell of 0.01° that a place is in. */
export const cellOf = ([longitude, latitude]: Place): [number, number] => [
  rounded(longitude),
  rounded(latitude),
]

const rounded = (degrees: number) => Math.round(degrees * CELLS_PER_DEGREE) / CELLS_PER_DEGREE

/** The break that an interruption is, with all that is known of it. */
export const interruptionRow = (one: Interruption): InterruptionRow => ({
  ...breakRow(one.deviceId, { ...one, state: 'off', fromAt: one.offAt, toAt: one.endedAt }),
  from_at: new Date(one.offAt),
  interruption: {
    area_id: one.areaId,
    stage: one.stage,
    customers_served: one.customersServed,
    counted_at: new Date(one.countedAt),
    ...(one.place && { cell: cellOf(one.place) }),
  },
})

/** A break as the rules know it; none of a gap. */
export function breakOf(row: DeviceBreakRow): Break[] {
  const bounds = { toAt: timeOf(row.to_at), firstSeq: row.first_seq, lastSeq: row.last_seq }
  const fromAt = timeOf(row.from_at)
  if (row.kind === 'silent') return [{ state: 'silent', fromAt, ...bounds }]
  return row.kind === 'off' && fromAt !== null ? [{ state: 'off', fromAt, ...bounds }] : []
}

/** An interruption as the rules know it, its place as nearly as it is kept. */
export const interruptionOf = ({ interruption, ...row }: InterruptionRow): Interruption => ({
  deviceId: row.device_id,
  areaId: interruption.area_id,
  stage: interruption.stage,
  customersServed: interruption.customers_served,
  place: interruption.cell ?? null,
  offAt: row.from_at.getTime(),
  countedAt: interruption.counted_at.getTime(),
  endedAt: timeOf(row.to_at),
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
})

/** Whether a row says the same as another, whenever and in whichever round it was written. */
export function isSameOutage(row: Partial<OutageRow>, other: Partial<OutageRow>): boolean {
  const written = { changed_at: null, round: null }
  return isDeepStrictEqual({ ...row, ...written }, { ...other, ...written })
}

/** An outage event as the rules know it. */
export const outageOf = (row: Omit<OutageRow, 'changed_at'>): OutageEvent => ({
  id: row._id,
  areaId: row.area_id,
  startedAt: row.started_at.getTime(),
  lastStartAt: row.last_start_at.getTime(),
  endedAt: timeOf(row.ended_at),
  local: row.local,
  devices: row.devices,
  customersAffected: row.customers_affected,
})
