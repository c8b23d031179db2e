import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readingIntake } from '../../../server/services/reading/accept-reading.ts'
import { allowComplaint } from '../../../server/services/complaint/allow-complaint.ts'
import { complaintStatistics } from '../../../server/services/complaint/complaint-statistics.ts'
import { deriveOutages } from '../../../server/services/outage/derive-outages.ts'
import { enrolDevices } from '../../../server/services/device/enrol-devices.ts'
import { lease } from '../../../server/services/lease.ts'
import { unreportedOutages } from '../../../server/services/complaint/unreported-outages.ts'
import { TestDevice } from '../../device.ts'
import { fileAt, OFFICIAL, openDesk, putTree, type Desk } from './complaint-desk.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await putTree(desk)
})
afterAll(() => desk?.stop())

const HOUR_MS = 3_600_000
const NO_LIMIT = () => 0

describe('a measured outage', () => {
  const numbers = async () => {
    const { unreported_outages, unreported_overdue } = await complaintStatistics(
      desk.deps,
      'patna',
      {},
    )
    return [unreported_outages, unreported_overdue]
  }
  const derive = () => deriveOutages(desk.deps, lease(desk.deps, 'derive-outages', 'test'))

  it('of which nobody complained has a clock too, until somebody does', async () => {
    const sensor = new TestDevice('unreported', { latitude: 25.594, longitude: 85.138 })
    await enrolDevices(desk.deps, [{ area_id: 'patna-city', device: sensor.facts }])
    desk.clock.advance(60_000)
    const intake = readingIntake(desk.deps)
    const says = async (power_status: 'ON' | 'OFF') => {
      const timestamp = secondsOf(desk.clock.now())
      const json = sensor.read({ timestamp, power_status, reason: 'change' })
      const [answer] = await intake([{ json }], NO_LIMIT)
      expect(answer).toMatchObject({ status: 'accepted' })
      await derive()
    }
    await says('ON')
    expect(await numbers()).toEqual([0, 0])
    desk.clock.advance(60_000)
    await says('OFF')
    expect(await numbers()).toEqual([1, 0])
    desk.clock.advance(4 * HOUR_MS + 1000)
    expect(await numbers()).toEqual([1, 1])
    const [listed] = await unreportedOutages(desk.deps, OFFICIAL.areas)
    expect(listed).toMatchObject({
      area_id: 'patna-city',
      is_overdue: true,
      devices: 1,
      customers_affected: 40,
    })
    expect(await unreportedOutages(desk.deps, ['gaya'])).toEqual([])
    await fileAt(desk, { latitude: 25.66, longitude: 85.16 })
    expect(await numbers()).toEqual([1, 1])
    await fileAt(desk)
    expect(await numbers()).toEqual([0, 0])
  })

  it('that is over needs nobody to complain', async () => {
    const sensor = new TestDevice('restored', { latitude: 25.6512, longitude: 85.1151 })
    await enrolDevices(desk.deps, [{ area_id: 'patna-city', device: sensor.facts }])
    const intake = readingIntake(desk.deps)
    const before = await numbers()
    for (const power_status of ['ON', 'OFF', 'ON'] as const) {
      desk.clock.advance(60_000)
      const timestamp = secondsOf(desk.clock.now())
      await intake([{ json: sensor.read({ timestamp, power_status, reason: 'change' }) }], NO_LIMIT)
      await derive()
      const [now = 0] = await numbers()
      expect(now - (before[0] ?? 0)).toBe(power_status === 'OFF' ? 1 : 0)
    }
  })
})

describe('complaints from one address', () => {
  it('are as many as an hour allows, at however many instances, and one more as time passes', async () => {
    const many = await Promise.allSettled(
      Array.from({ length: 9 }, () => allowComplaint(desk.deps, '192.0.2.7', 4)),
    )
    expect(many.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    const again = () => allowComplaint(desk.deps, '192.0.2.7', 4)
    await expect(again()).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'address: expected at most 4 complaints an hour; try again in 900 s',
    })
    await allowComplaint(desk.deps, '192.0.2.8', 4)
    desk.clock.advance(HOUR_MS / 4)
    await again()
    await expect(again()).rejects.toMatchObject({ code: 'rate_limited' })
  })
})

const secondsOf = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, 'Z')
