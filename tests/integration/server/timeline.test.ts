import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { changeDevice } from '../../../server/services/device/change-device.ts'
import { lineInPeriod } from '../../../server/services/device/device-readings.ts'
import { deviceTimeline } from '../../../server/services/device/device-timeline.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { findRecord } from '../../../server/services/ledger/find-record.ts'
import { putArea } from '../../../server/services/area/put-area.ts'
import { timelineSchema } from '../../../shared/api/timeline.ts'
import type { UnsignedReading } from '../../../shared/reading/index.ts'
import { TestDevice } from '../../device.ts'
import { startServices, type ServiceTest } from './deps.ts'

const MINUTE_MS = 60_000
const NO_LIMIT = () => 0

let test: ServiceTest
beforeAll(async () => {
  test = await startServices()
  await putArea(test.deps, 'a', { name: 'A', kind: 'block', parent_id: null, geometry: null })
})
afterAll(() => test?.stop())

const text = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`

/** A device in service since now, in whole seconds, and how it is heard some minutes later. */
async function sensor(name: string) {
  test.clock.advance(1000 - (test.clock.now().getTime() % 1000))
  const device = new TestDevice(name)
  const startAt = test.clock.now().getTime()
  await enrolDevices(test.deps, [{ area_id: 'a', device: device.facts }])
  const at = (minutes: number) => text(startAt + minutes * MINUTE_MS)
  return {
    id: device.facts.device_id,
    at,
    make: (minutes: number, members: Partial<UnsignedReading> = {}) =>
      device.read({ timestamp: at(minutes), ...members }),
    async hear(...readings: unknown[]) {
      const answers = await readingIntake(test.deps)(
        readings.map((json) => ({ json })),
        NO_LIMIT,
      )
      return answers.map((answer) => ('record' in answer ? answer.record._id : answer.code))
    },
    ask: async (query: { from?: string; to?: string } = {}) =>
      timelineSchema.parse(await deviceTimeline(test.deps, device.facts.device_id, query)),
  }
}

const off = { power_status: 'OFF', reason: 'last_gasp' } as const
const boot = (off_since: string) => ({ power_status: 'ON', reason: 'boot', off_since }) as const

describe('the timeline of a device', () => {
  it('covers the period with on, off and silent, each on readings that are records', async () => {
    const one = await sensor('tells all')
    const readings = [
      one.make(0),
      one.make(10),
      one.make(15, off),
      one.make(40, boot(one.at(15))),
      one.make(120),
    ]
    test.clock.advance(121 * MINUTE_MS)
    const leaves = await one.hear(...readings)
    const { intervals, gaps, next_from } = await one.ask({ from: one.at(0), to: one.at(121) })
    expect(intervals.map(({ state, from, to, open }) => [state, from, to, open])).toEqual([
      ['on', one.at(0), one.at(15), false],
      ['off', one.at(15), one.at(40), false],
      ['on', one.at(40), one.at(55), false],
      ['silent', one.at(55), one.at(120), false],
      ['on', one.at(120), one.at(121), true],
    ])
    expect([gaps, next_from]).toEqual([[], null])
    expect(intervals[1]).toMatchObject({ first_leaf_hash: leaves[1], last_leaf_hash: leaves[3] })
    for (const { first_leaf_hash } of intervals) {
      const { record } = await findRecord(test.deps, String(first_leaf_hash))
      expect(record).toMatchObject({ reading: { device_id: one.id } })
    }
  })

  it('of a short period says the same as a long one, however far back the outage began', async () => {
    const one = await sensor('long off')
    const readings = [one.make(0), one.make(1, off)]
    for (let minutes = 2; minutes < 130; minutes += 1) readings.push(one.make(minutes, off))
    readings.push(one.make(200, { power_status: 'ON', reason: 'change' }))
    test.clock.advance(201 * MINUTE_MS)
    await one.hear(...readings)
    const whole = await one.ask({ from: one.at(0), to: one.at(201) })
    expect(whole.intervals.map(({ state }) => state)).toEqual(['on', 'off', 'on'])
    const part = await one.ask({ from: one.at(140), to: one.at(150) })
    expect(part.intervals).toEqual([
      { ...whole.intervals[1], from: one.at(140), to: one.at(150), open: false },
    ])
  })

  it('costs what the period holds, however a clock that was not set dated its readings', async () => {
    const one = await sensor('unset clock')
    const readings = Array.from({ length: 120 }, (_, n) => one.make(n))
    readings.push(one.make(0, { timestamp: '2020-01-01T00:00:00Z' }), one.make(120))
    test.clock.advance(121 * MINUTE_MS)
    await one.hear(...readings)
    const looked = async (from: string, to: string, limit = 10) => {
      const period = { fromAt: Date.parse(from), toAt: Date.parse(to) }
      const line = await lineInPeriod(test.deps, one.id, { period, heartbeatMs: 900_000, limit })
      const cut = line.cutAt === null ? null : text(line.cutAt)
      return [line.readings[0]?.seq, line.readings.at(-1)?.seq, cut]
    }
    expect(await looked('2020-01-01T00:00:00Z', '2020-01-02T00:00:00Z')).toEqual([1, 2, null])
    expect(await looked('2021-01-01T00:00:00Z', '2021-01-02T00:00:00Z')).toEqual([1, 2, null])
    expect(await looked(one.at(50), one.at(54))).toEqual([50, 56, null])
    expect(await looked(one.at(50), one.at(121))).toEqual([50, 61, one.at(60)])
    // It counts as measured with the reading before it.
    expect(await looked(one.at(119), one.at(121))).toEqual([119, 122, null])
  })

  it('shows numbers that never came, and a number used twice', async () => {
    const one = await sensor('gaps')
    const first = one.make(0)
    one.make(1)
    const third = one.make(2)
    const fourth = one.make(3)
    test.clock.advance(5 * MINUTE_MS)
    await one.hear(first, third, fourth)
    const twin = one.make(3, { seq: 4, ...off })
    const { gaps } = await one.ask({ from: one.at(0), to: one.at(5) })
    expect(gaps).toMatchObject([
      { kind: 'numbers_missing', at: one.at(2), after_seq: 1, before_seq: 3, missing: 1 },
    ])
    expect(await one.hear(twin)).toEqual(['equivocation'])
    test.clock.advance(MINUTE_MS)
    expect(await one.ask()).toMatchObject({ equivocations: [{ seq: 4 }] })
  })

  it('is out of service before enrolment and while suspended', async () => {
    const one = await sensor('suspended')
    const by = { approved_by: 'admin:7f3a', reason: 'a test' }
    test.clock.advance(10 * MINUTE_MS)
    await changeDevice(test.deps, one.id, { event: 'suspended', ...by })
    test.clock.advance(10 * MINUTE_MS)
    const { intervals } = await one.ask({ from: one.at(-10), to: one.at(20) })
    expect(intervals.map(({ state }) => state)).toEqual([
      'out_of_service',
      'silent',
      'out_of_service',
    ])
    expect(intervals.every(({ first_leaf_hash }) => first_leaf_hash === null)).toBe(true)
  })

  it('of no device, or of a period that is none, is refused', async () => {
    const nobody = deviceTimeline(test.deps, '0'.repeat(18), {})
    await expect(nobody).rejects.toMatchObject({ code: 'not_found' })
    const one = await sensor('refused')
    await expect(one.ask({ from: one.at(2), to: one.at(1) })).rejects.toMatchObject({
      code: 'malformed',
    })
  })
})
