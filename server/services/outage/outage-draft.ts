import { createHash } from 'node:crypto'
import { eventDraft, type EventDraft, type Interruption } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import { breakKey, cellOf } from './outage-rows.ts'

/** The row of an outage, but for when it changed. */
export type DerivedOutage = Omit<OutageRow, 'changed_at'>

/** A row while the interruptions of its event are told one after the other, in order of start; they are not held. */
export interface OutageDraft extends Pick<EventDraft, 'joins' | 'add'> {
  row(): DerivedOutage
}

/** Begins an outage with its first interruption. */
export function outageDraft(first: Interruption): OutageDraft {
  const draft = eventDraft(first)
  const cells = new Map<string, [number, number]>()
  const digest = createHash('sha256')
  const note = (one: Interruption): void => {
    const cell = one.place && cellOf(one.place)
    if (cell) cells.set(cell.join(), cell)
    digest.update(textOf(one))
  }
  note(first)
  return {
    joins: draft.joins,
    add(one) {
      draft.add(one)
      note(one)
    },
    row() {
      const event = draft.event()
      return {
        _id: event.id,
        area_id: event.areaId,
        started_at: new Date(event.startedAt),
        last_start_at: new Date(event.lastStartAt),
        ended_at: event.endedAt === null ? null : new Date(event.endedAt),
        local: event.local,
        devices: event.devices,
        customers_affected: event.customersAffected,
        digest: digest.copy().digest('hex'),
        ...(event.local && { local_device_id: first.deviceId }),
        ...(cells.size > 0 && { cells: { type: 'MultiPoint', coordinates: [...cells.values()] } }),
      }
    },
  }
}

/** All that is kept of an interruption. */
const textOf = (one: Interruption): string =>
  [
    breakKey(one.deviceId, { state: 'off', firstSeq: one.firstSeq }),
    ...[one.lastSeq, one.offAt, one.countedAt, one.endedAt],
    ...[one.stage, one.customersServed, one.place && cellOf(one.place)],
  ].join(' ') + '\n'
