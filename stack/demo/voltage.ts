import { createHash } from 'node:crypto'

/** Service voltages of the United States, ANSI C84.1. */
const NOMINAL_MV = [120_000, 240_000] as const
const DAY_MS = 86_400_000
/** A sensor's own offset, the swing of the day and noise: together less than the 6 % either way that may be. */
const OFFSET_SHARE = 0.02
const SWING_SHARE = 0.015
const NOISE_SHARE = 0.01
/** Local evening, when the load is highest and the voltage lowest: 23:00 UTC in Kentucky's summer. */
const LOWEST_AT_DAY_SHARE = 23 / 24

/** Bytes to a number from −1 to 1. */
const spread = (bytes: Buffer, offset: number): number =>
  (bytes.readUInt32BE(offset) / 0xffffffff) * 2 - 1

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * A plausible voltage in millivolts within ±6 % of 120 or 240 V. Simulated: the source knows outages, not voltages.
 * The same sensor and moment (ms since 1970) always give the same value.
 */
export function simulatedVoltageMv(deviceId: string, at: number): number {
  const own = digest(deviceId)
  const nominal = NOMINAL_MV[own.readUInt8(0) % NOMINAL_MV.length] ?? NOMINAL_MV[0]
  const swing = -Math.cos(2 * Math.PI * (at / DAY_MS - LOWEST_AT_DAY_SHARE))
  const noise = spread(digest(`${deviceId}:${at}`), 0)
  const share = OFFSET_SHARE * spread(own, 1) + SWING_SHARE * swing + NOISE_SHARE * noise
  return Math.round(nominal * (1 + share))
}
