import { createHash } from 'node:crypto'
import type { Interruption } from '../../../shared/outage/index.ts'
import { breakKey, cellOf } from './outage-rows.ts'

const HEX_DIGITS = 64
const MODULUS = 2n ** 256n

/**
 * A digest over interruptions in any order: the sum of their SHA-256, modulo 2^256. It tells that one is other than it was;
 * whoever makes up interruptions could make up another sum.
 */
export function interruptionsDigest(from: string | null = null) {
  let sum = from === null ? 0n : BigInt(`0x${from}`)
  return {
    add(one: Interruption): void {
      sum = (sum + hashOf(one)) % MODULUS
    },
    remove(one: Interruption): void {
      sum = (sum + MODULUS - hashOf(one)) % MODULUS
    },
    hex: (): string => sum.toString(16).padStart(HEX_DIGITS, '0'),
  }
}

/** Of all that is kept of it. */
function hashOf(one: Interruption): bigint {
  const text = [
    breakKey(one.deviceId, { state: 'off', firstSeq: one.firstSeq }),
    ...[one.lastSeq, one.offAt, one.countedAt, one.endedAt],
    ...[one.stage, one.customersServed, one.place && cellOf(one.place)],
  ].join(' ')
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
}
