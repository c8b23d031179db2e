import { eventDraft, type EventDraft, type Interruption } from '../../../shared/outage/index.ts'
import type { OutageRow } from '../../models/index.ts'
import { interruptionsDigest } from './outage-digest.ts'
import { outageCells } from './outage-cells.ts'

/** The row of an outage, but for when it changed and in which round. */
export type DerivedOutage = Omit<OutageRow, 'changed_at' | 'round'>

/** A row while the interruptions of its event are told one after the other, in order of start; they are not held. */
export interface OutageDraft extends Pick<EventDraft, 'joins' | 'add'> {
  row(): DerivedOutage
}

/** Begins an outage with its first interruption. */
export function outageDraft(first: Interruption): OutageDraft {
  const draft = eventDraft(first)
  const cells = outageCells()
  const digest = interruptionsDigest()
  let open = 0
  let lastEndedAt: number | null = null
  const note = (one: Interruption): void => {
    if (one.endedAt === null) open += 1
    else lastEndedAt = Math.max(lastEndedAt ?? one.endedAt, one.endedAt)
    cells.add(one)
    digest.add(one)
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
        open,
        last_ended_at: lastEndedAt === null ? null : new Date(lastEndedAt),
        digest: digest.hex(),
        ...(event.local && { local_device_id: first.deviceId }),
        ...cells.member(),
      }
    },
  }
}
