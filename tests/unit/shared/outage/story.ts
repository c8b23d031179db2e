import type { OutageReading, ServiceSpan } from '../../../../shared/outage/index.ts'

/** Small stories for worked examples: one day, times as people write them. */

export const MINUTE_MS = 60_000
export const HEARTBEAT_MS = 15 * MINUTE_MS

const DAY = '2026-09-01'

/** `12:00`, `12:00:30` on the day of the stories, or a whole moment, in ms since 1970. */
export const at = (time: string): number => {
  const clock = time.length === 5 ? `${time}:00` : time
  return Date.parse(time.includes('T') ? time : `${DAY}T${clock}Z`)
}

/** A moment as people write it; a dash for none. */
export const clock = (moment: number | null): string => {
  if (moment === null) return '–'
  const text = new Date(moment).toISOString().slice(11, 19)
  return text.endsWith(':00') ? text.slice(0, 5) : text
}

type Change = Partial<OutageReading> & { offSince?: string }

/** `said(3, '12:00', 'OFF')`: received as it was measured, in chain with the one before. */
export function said(
  seq: number,
  time: string,
  status: 'ON' | 'OFF',
  { offSince, ...change }: Change = {},
): OutageReading {
  const measuredAt = at(time)
  return {
    seq,
    measuredAt,
    receivedAt: measuredAt,
    on: status === 'ON',
    boot: offSince !== undefined,
    offSinceAt: offSince === undefined ? null : at(offSince),
    previous: seq === 1 ? null : `digest ${seq - 1}`,
    digest: `digest ${seq}`,
    leafHash: `leaf ${seq}`,
    ...change,
  }
}

/** In service with 10 customers in area `a` from the beginning, unless told otherwise. */
export const serves = (change: Partial<ServiceSpan> = {}): ServiceSpan => ({
  areaId: 'a',
  stage: 'transformer',
  customersServed: 10,
  place: null,
  fromAt: at('00:00'),
  toAt: null,
  leafHash: 'enrolment',
  ...change,
})
