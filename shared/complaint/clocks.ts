import { CodedError } from '../coded-error.ts'
import type { ComplaintKind } from './kinds.ts'

/** How long a fault may take: docs/formats/complaint.md, "Clocks". */

export const FAULTS = ['fuse_off', 'overhead_line', 'cable', 'transformer'] as const
export type Fault = (typeof FAULTS)[number]

export const AREA_TYPES = ['urban', 'rural'] as const
export type AreaType = (typeof AREA_TYPES)[number]

/** Hours from filing to resolution, by fault and type of area. */
export type ClockHours = Record<Fault, Record<AreaType, number>>

export const DEFAULT_CLOCK_HOURS: ClockHours = {
  fuse_off: { urban: 4, rural: 8 },
  overhead_line: { urban: 6, rural: 24 },
  cable: { urban: 12, rural: 48 },
  transformer: { urban: 24, rural: 48 },
}

/** The fault assumed until an official names another, which is then public. */
export const ASSUMED_FAULT: Record<ComplaintKind, Fault> = {
  no_supply: 'fuse_off',
  hazard: 'fuse_off',
  repeated_outages: 'overhead_line',
  low_voltage: 'transformer',
  high_voltage: 'transformer',
}

const MS_PER_HOUR = 3_600_000

/** When a complaint is due, in server time. An area of unknown type gets the longer clock. */
export function dueAt(
  hours: ClockHours,
  filedAt: string,
  fault: Fault,
  areaType: AreaType | null,
): string {
  const { urban, rural } = hours[fault]
  const allowed = areaType === null ? Math.max(urban, rural) : hours[fault][areaType]
  return new Date(Date.parse(filedAt) + allowed * MS_PER_HOUR).toISOString()
}

const MAX_HOURS = 10_000

/**
 * Clocks as an operator writes them: `fuse_off=4/8,cable=12/48`, urban before rural, hours; faults left out keep their
 * default. Throws `malformed`.
 */
export function parseClockHours(text: string): ClockHours {
  const hours = structuredClone(DEFAULT_CLOCK_HOURS)
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [, name, urban, rural] = /^(\w+)=(\d+)\/(\d+)$/.exec(part.trim()) ?? []
    const fault = FAULTS.find((known) => known === name)
    const times = [urban, rural].map(Number)
    if (!fault || times.some((time) => !(time >= 1 && time <= MAX_HOURS))) {
      throw new CodedError(
        'malformed',
        `clocks: expected ${FAULTS.join(', ')} each as name=urban/rural in hours of 1 to ${MAX_HOURS}, got ${part.slice(0, 60)}`,
      )
    }
    hours[fault] = { urban: Number(urban), rural: Number(rural) }
  }
  return hours
}
