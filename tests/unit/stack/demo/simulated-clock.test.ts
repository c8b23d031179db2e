import { expect, test } from 'vitest'
import { simulatedClock } from '../../../../stack/demo/simulated-clock.ts'

function clockAt(speed: number) {
  const real = { ms: 0 }
  const clock = simulatedClock(1000, { speed, endAt: 100_000, monotonicMs: () => real.ms })
  return { real, clock }
}

test('simulated time runs as many times as fast as was asked', () => {
  const { real, clock } = clockAt(120)
  real.ms = 250
  clock.advance()
  expect(clock.now()).toBe(1000 + 250 * 120)
})

test('time that is held does not run, then or later', () => {
  const { real, clock } = clockAt(2)
  real.ms = 300
  clock.hold()
  real.ms = 400
  clock.advance()
  expect(clock.now()).toBe(1000 + 100 * 2)
})

test('a pause of the machine counts for one second at most', () => {
  const { real, clock } = clockAt(2)
  real.ms = 3_600_000
  clock.advance()
  expect(clock.now()).toBe(1000 + 1000 * 2)
  expect(clock.isOver()).toBe(false)
})

test('at the present, time goes on at the pace of the clock', () => {
  const real = { ms: 0 }
  const presentMs = (): number => 50_000 + real.ms
  const monotonicMs = (): number => real.ms
  const clock = simulatedClock(1000, { speed: 100, endAt: 100_000, monotonicMs, presentMs })
  real.ms = 100
  clock.advance()
  expect([clock.now(), clock.isPresent()]).toEqual([11_000, false])
  real.ms = 1000
  clock.advance()
  expect([clock.now(), clock.isPresent()]).toEqual([51_000, true])
  real.ms = 1250
  clock.advance()
  expect([clock.now(), clock.isPresent()]).toEqual([51_250, true])
})

test('time does not run backwards where the clock of the machine is put back', () => {
  const real = { ms: 0, present: 20_000 }
  const presentMs = (): number => real.present
  const monotonicMs = (): number => real.ms
  const clock = simulatedClock(1000, { speed: 100, endAt: 100_000, monotonicMs, presentMs })
  real.ms = 1000
  clock.advance()
  real.present = 5000
  clock.advance()
  expect(clock.now()).toBe(20_000)
})

test('time stops at the end', () => {
  const { real, clock } = clockAt(1000)
  real.ms = 500
  clock.advance()
  expect(clock.now()).toBe(100_000)
  expect(clock.isOver()).toBe(true)
})
