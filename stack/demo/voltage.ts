import { createHash } from 'node:crypto'

/** The supply sensors hang on. */
export interface Supply {
  /** Nominal voltages in millivolts; each sensor has one of them. */
  nominalMv: readonly [number, ...number[]]
  /** When the load is highest and the voltage lowest, local evening, as a share of the day in UTC. */
  lowestAtDayShare: number
}

const DAY_MS = 86_400_000
/** A sensor's own offset, the swing of the day and noise: together less than the 6 % either way that may be. */
const OFFSET_SHARE = 0.02
const SWING_SHARE = 0.015
const NOISE_SHARE = 0.01

/** Bytes to a number from −1 to 1. */
const spread = (bytes: Buffer, offset: number): number =>
  (bytes.readUInt32BE(offset) / 0xffffffff) * 2 - 1

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * A plausible voltage in millivolts within ±6 % of a nominal one. Simulated: the source knows outages, not voltages.
 * The same sensor and moment (ms since 1970) always give the same value.
 */
export function simulatedVoltageMv(
  deviceId: string,
  at: number,
  { nominalMv, lowestAtDayShare }: Supply,
): number {
  const own = digest(deviceId)
  const nominal = nominalMv[own.readUInt8(0) % nominalMv.length] ?? nominalMv[0]
  const swing = -Math.cos(2 * Math.PI * (at / DAY_MS - lowestAtDayShare))
  const noise = spread(digest(`${deviceId}:${at}`), 0)
  const share = OFFSET_SHARE * spread(own, 1) + SWING_SHARE * swing + NOISE_SHARE * noise
  return Math.round(nominal * (1 + share))
}
