import fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulatedVoltageMv, type Supply } from '../../../../stack/demo/voltage.ts'

const SUPPLY: Supply = { nominalMv: [120_000, 240_000], lowestAtDayShare: 23 / 24 }

test('simulated voltages are whole millivolts within 6 % of 120 or 240 V, the same each time', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (device, at) => {
      const voltageMv = simulatedVoltageMv(device, at, SUPPLY)
      const nominal = voltageMv > 180_000 ? 240_000 : 120_000
      expect(Number.isInteger(voltageMv)).toBe(true)
      expect(Math.abs(voltageMv - nominal)).toBeLessThanOrEqual(nominal * 0.06)
      expect(simulatedVoltageMv(device, at, SUPPLY)).toBe(voltageMv)
    }),
  )
})

test('both service voltages occur', () => {
  const voltages = Array.from({ length: 50 }, (_, device) =>
    simulatedVoltageMv(`${device}`, 0, SUPPLY),
  )
  expect(voltages.some((mv) => mv < 130_000)).toBe(true)
  expect(voltages.some((mv) => mv > 220_000)).toBe(true)
})
