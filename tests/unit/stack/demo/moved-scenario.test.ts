import { expect, test } from 'vitest'
import { daysToPresent, movedBy } from '../../../../stack/demo/moved-scenario.ts'
import { readScenario } from '../../../../stack/demo/scenarios.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const helene = await readScenario('helene')

test.each([0, 1, 11, 19, 20, 21, 23])(
  'at %i o’clock, the beginning is moved to 20 to 44 hours ago by whole days',
  (hour) => {
    const nowMs = Date.parse('2026-11-21T00:30:00Z') + hour * HOUR_MS
    const movedAt = helene.beginAt + daysToPresent(helene.beginAt, nowMs) * DAY_MS
    expect(nowMs - movedAt).toBeGreaterThanOrEqual(20 * HOUR_MS)
    expect(nowMs - movedAt).toBeLessThan(44 * HOUR_MS)
  },
)

test('all times move together, and both notices say by how much', () => {
  const moved = movedBy(785, helene)
  expect(moved.beginAt).toBe(Date.parse('2026-11-21T00:00:00Z'))
  expect(moved.endAt - moved.beginAt).toBe(helene.endAt - helene.beginAt)
  const startsIn = ({ sites }: typeof helene) =>
    sites.flatMap(({ interruptions }) => interruptions.flatMap((one) => [one.startAt, one.endAt]))
  expect(startsIn(moved)).toEqual(startsIn(helene).map((at) => at + 785 * DAY_MS))
  expect(moved.notice).toContain('moved by 785 days')
  expect(moved.noticeHi).toContain('785 दिन')
  expect(moved.movedDays).toBe(785)
})
