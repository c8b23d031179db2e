/** What the pages tell of a reading. */
export interface ReadingFacts {
  deviceId: string | null
  seq: number | null
  /** By the device's own clock. */
  at: string | null
  power: 'ON' | 'OFF' | null
  reason: 'heartbeat' | 'change' | 'last_gasp' | 'boot' | null
  /** Volts and watts; null where the reading carries none. */
  volts: number | null
  watts: number | null
}

const MV_PER_V = 1000
const POWERS = ['ON', 'OFF'] as const
const REASONS = ['heartbeat', 'change', 'last_gasp', 'boot'] as const
const text = (value: unknown) => (typeof value === 'string' ? value : null)
const number = (value: unknown) => (typeof value === 'number' ? value : null)

/** Members of a reading as the API hands it on; what is missing or of another kind is null. */
export function readingFacts(reading: Readonly<Record<string, unknown>>): ReadingFacts {
  const millivolts = number(reading.voltage_mv)
  return {
    deviceId: text(reading.device_id),
    seq: number(reading.seq),
    at: text(reading.timestamp),
    power: POWERS.find((power) => power === reading.power_status) ?? null,
    reason: REASONS.find((reason) => reason === reading.reason) ?? null,
    volts: millivolts === null ? null : millivolts / MV_PER_V,
    watts: number(reading.power_w),
  }
}

/** The reading within a record; null for a record of another kind. */
export function readingOfRecord(record: Readonly<Record<string, unknown>>): ReadingFacts | null {
  const { type, reading } = record
  return type === 'reading' && typeof reading === 'object' && reading !== null
    ? readingFacts({ ...reading })
    : null
}
