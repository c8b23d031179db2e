import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { buildHost } from './host.ts'
import { Device, type DeviceOptions } from '../../firmware/host/harness/device.ts'
import { AWKWARD } from '../../firmware/host/harness/quirks.ts'
import { expectUnbroken } from './chain.ts'
import { PortalDouble } from './portal-double.ts'

/** Days in the life of the whole core, in virtual time, between a modem, a secure element, flash and mains. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const START = Date.UTC(2026, 10, 20, 0, 0, 0)

let program: string
beforeAll(() => {
  program = buildHost('device')
})

const running: Device[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((device) => device.stop()))
})

function sensor(options: Partial<DeviceOptions> = {}): { device: Device; portal: PortalDouble } {
  const portal = new PortalDouble()
  const device = new Device({
    program,
    name: 'one',
    network: portal,
    startMs: START,
    latitude: 25.5941,
    longitude: 85.1376,
    mains: [[START, START + 100 * HOUR]],
    ...options,
    settings: { origin: 'http://portal.test', apn: 'iot.test', ...options.settings },
  })
  running.push(device)
  return { device, portal }
}

const at = (moment: string) => Date.parse(moment)
const seconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

describe('a day', () => {
  test('without events is a boot and a heartbeat every quarter of an hour', async () => {
    const { device, portal } = sensor()
    await device.live(START + 24 * HOUR)
    const readings = expectUnbroken(portal.arrivals).map(({ reading }) => reading)
    expect(readings[0]?.reason).toBe('boot')
    const heartbeats = readings.filter(({ reason }) => reason === 'heartbeat')
    expect(heartbeats.length).toBeGreaterThanOrEqual(95)
    expect(heartbeats.length).toBeLessThanOrEqual(98)
    const moments = heartbeats.map(({ timestamp }) => at(timestamp))
    const apart = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0))
    expect(Math.min(...apart)).toBeGreaterThan(14 * MINUTE)
    expect(portal.arrivals.every(({ status }) => status === 'accepted')).toBe(true)
  })

  test('with an outage: the last gasp is out in seconds, both edges bear their moment', async () => {
    const off = START + 3 * HOUR + 123
    const on = off + 47 * MINUTE
    const { device, portal } = sensor({
      mains: [
        [START, off],
        [on, START + 100 * HOUR],
      ],
    })
    await device.live(START + 5 * HOUR)
    const readings = expectUnbroken(portal.arrivals)
    const gasp = portal.arrivals.find(({ reading }) => reading.reason === 'last_gasp')
    expect(gasp?.reading).toMatchObject({ power_status: 'OFF' })
    expect((gasp?.atMs ?? Infinity) - off).toBeLessThan(10 * SECOND)
    expect(Math.abs(at(gasp?.reading.timestamp ?? '') - off)).toBeLessThan(3 * SECOND)
    const back = readings.find(({ reading }) => reading.reason === 'change')
    expect(back?.reading.power_status).toBe('ON')
    expect(Math.abs(at(back?.reading.timestamp ?? '') - on)).toBeLessThan(3 * SECOND)
  })

  test('with an outage that empties the capacitor: the boot tells since when there was none', async () => {
    const off = START + 3 * HOUR
    const on = off + 2 * HOUR
    const { device, portal } = sensor({
      mains: [
        [START, off],
        [on, START + 100 * HOUR],
      ],
    })
    await device.live(off + 20 * SECOND)
    await device.dieUntil(on)
    await device.live(on + HOUR)
    const readings = expectUnbroken(portal.arrivals)
    const [, boot] = readings.filter(({ reading }) => reading.reason === 'boot')
    expect(Math.abs(at(boot?.reading.off_since ?? '') - off)).toBeLessThan(MINUTE)
  })

  test('with mains that flap for an hour does not drown the portal', async () => {
    const flaps = Array.from({ length: 360 }, (_, index): [number, number] => {
      const from = START + HOUR + index * 10 * SECOND
      return [from, from + 5 * SECOND]
    })
    const { device, portal } = sensor({
      mains: [
        [START, START + HOUR - SECOND],
        ...flaps,
        [START + 2 * HOUR + SECOND, START + 9 * HOUR],
      ],
    })
    await device.live(START + 4 * HOUR)
    const readings = expectUnbroken(portal.arrivals)
    const during = readings.filter(({ reading }) => {
      const moment = at(reading.timestamp)
      return moment > START + HOUR && moment < START + 2 * HOUR
    })
    expect(during.length).toBeLessThan(80)
    expect(readings.at(-1)?.reading.power_status).toBe('ON')
  })

  test('on which the modem restarts every hour loses nothing', async () => {
    const { device, portal } = sensor()
    for (let hour = 1; hour < 12; hour += 1)
      device.agenda.at(START + hour * HOUR + hour * 331 * SECOND, () => device.modem.restart())
    await device.live(START + 13 * HOUR)
    expect(device.log.filter((line) => line.startsWith('modem_restarted')).length).toBeGreaterThan(
      5,
    )
    expect(expectUnbroken(portal.arrivals).length).toBeGreaterThanOrEqual(50)
  })

  test('with the most awkward module is told in full', async () => {
    const { device, portal } = sensor({ quirks: AWKWARD })
    await device.live(START + 6 * HOUR)
    expect(expectUnbroken(portal.arrivals).length).toBeGreaterThanOrEqual(23)
  })

  test('on which nobody tells the time at first: nothing is sent until then, and all bears its true time', async () => {
    const { device, portal } = sensor({ quirks: { noNetworkTime: true } })
    portal.down = [[START, START + HOUR]]
    await device.live(START + 3 * HOUR)
    const readings = expectUnbroken(portal.arrivals)
    expect(readings[0]?.reading.reason).toBe('boot')
    expect(at(readings[0]?.reading.timestamp ?? '') - START).toBeLessThan(MINUTE)
    for (const { reading } of readings)
      expect(at(reading.timestamp)).toBeGreaterThan(START - 10 * SECOND)
    const first = portal.arrivals[0]?.atMs ?? 0
    expect(first).toBeGreaterThan(START + HOUR)
  })

  test('after a day without a server: everything comes, the newest first', async () => {
    const { device, portal } = sensor()
    portal.down = [[START + HOUR, START + 25 * HOUR]]
    await device.live(START + 27 * HOUR)
    const backlog = portal.arrivals.filter(({ atMs }) => atMs >= START + 25 * HOUR)
    const [newest] = backlog
    expect(newest && newest.atMs - at(newest.reading.timestamp)).toBeLessThan(35 * MINUTE)
    const first = backlog.slice(0, 60).map(({ reading }) => reading.seq)
    expect(first).toEqual(first.toSorted((a, b) => b - a))
    expect(expectUnbroken(portal.arrivals).length).toBeGreaterThanOrEqual(105)
  })

  test('on which answers are lost: what was sent twice is a duplicate, and then left alone', async () => {
    const { device, portal } = sensor()
    await device.live(START + HOUR)
    portal.loseAnswers = 3
    await device.live(START + 4 * HOUR)
    expectUnbroken(portal.arrivals)
    expect(portal.arrivals.filter(({ status }) => status === 'duplicate').length).toBeGreaterThan(0)
    const last = portal.arrivals.length
    await device.live(START + 5 * HOUR)
    expect(portal.arrivals.slice(last).every(({ status }) => status === 'accepted')).toBe(true)
  })

  test('with power cut inside every one of its first flash writes: no number twice, only boots skip', async () => {
    const { device, portal } = sensor({ settings: { 'heartbeat-s': 120 } })
    for (let cut = 0; cut < 40; cut += 1) {
      device.flash.cutAfter = device.flash.operations + (cut % 5)
      await device.live(device.nowMs + 8 * MINUTE)
    }
    device.flash.cutAfter = Infinity
    await device.live(device.nowMs + HOUR)
    expect(device.starts).toBeGreaterThan(20)
    const readings = expectUnbroken(portal.arrivals)
    expect(readings.filter(({ reading }) => reading.reason === 'boot').length).toBeGreaterThan(10)
  })
})

test('twenty sensors of one feeder do not come back in one burst', async () => {
  const off = START + HOUR
  const on = off + 10 * MINUTE
  const mains: [number, number][] = [
    [START, off],
    [on, START + 9 * HOUR],
  ]
  const feeder = Array.from({ length: 20 }, (_, index) =>
    sensor({ name: `feeder ${index}`, mains }),
  )
  const returns: number[] = []
  for (const { device, portal } of feeder) {
    await device.live(on + 5 * MINUTE)
    const back = portal.arrivals.find(({ reading }) => reading.reason === 'change')
    returns.push(back?.atMs ?? Number.NaN)
    await device.stop()
  }
  const span = Math.max(...returns) - Math.min(...returns)
  expect(span).toBeGreaterThan(15 * SECOND)
  expect(span).toBeLessThan(60 * SECOND)
  const perSecond = returns.map((moment) => seconds(moment))
  const most = Math.max(
    ...perSecond.map((second) => perSecond.filter((other) => other === second).length),
  )
  expect(most).toBeLessThanOrEqual(5)
})
