import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildHost } from '../../firmware/host/harness/build.ts'
import { Device } from '../../firmware/host/harness/device.ts'
import { mainsOf } from '../../firmware/host/harness/mains.ts'
import { withBroker } from '../../firmware/host/harness/mqtt-network.ts'
import type { Network } from '../../firmware/host/harness/network.ts'
import { SecureElement } from '../../firmware/host/harness/secure-element.ts'
import { storedReadingsSchema } from '../../shared/api/readings.ts'
import { parseAs } from '../../shared/parse.ts'
import { unsignedReadingSchema } from '../../shared/reading/schema.ts'
import { openFleet, type Fleet } from '../../stack/demo/firmware/fleet.ts'
import { startBroker, type Broker } from '../../stack/mqtt/index.ts'
import { enrol, eventually, get, startTestPortal, type TestPortal } from '../portal.ts'
import { metric } from './server/metric.ts'

/** Real firmware cores, a real broker, the real portal. */

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const AREA = 'us-ky-fayette'
const PLACE = { latitude: 38.0406, longitude: -84.5037 }
/** In the past of the portal's clock. */
const BEGIN = Math.floor(Date.now() / MINUTE) * MINUTE - 8 * HOUR
const END = BEGIN + 7 * HOUR

const SITE = { deviceId: '0123456789ABCDEF01', customers: 1, areaId: AREA, interruptions: [] }
const STREET = { beginAt: BEGIN, endAt: END, sites: [{ ...SITE, ...PLACE }] }

let program: string
let broker: Broker
let test: TestPortal
beforeAll(async () => {
  program = buildHost('device')
  broker = await startBroker()
  test = await startTestPortal({
    NUXT_MQTT_URL: broker.url,
    NUXT_BATCH_INTERVAL_SECONDS: '1800',
  })
})
afterAll(async () => {
  await test?.stop()
  await broker?.stop()
})

/** What the portal holds of a device, by number. */
async function heldOf(deviceId: string) {
  const { body } = await get(test.url, `/api/v1/readings?device_id=${deviceId}&limit=500`)
  const { items } = storedReadingsSchema.parse(body)
  expect(items.filter(({ chain }) => chain === 'gap')).toEqual([])
  return items
    .map(({ reading }) => parseAs(unsignedReadingSchema, reading, 'reading'))
    .sort((a, b) => a.seq - b.seq)
}

describe("the demo's devices with real firmware", () => {
  const changes: string[] = []
  let fleet: Fleet
  beforeAll(async () => {
    fleet = openFleet({
      program,
      count: 5,
      scenario: STREET,
      folder: test.dir,
      portalUrl: test.url,
      nowMs: BEGIN,
      onChange: (change) => changes.push(change),
    })
    const devices = fleet.enrolments.map(({ device }) => ({ facts: device }))
    await enrol(test.url, AREA, devices)
    let now = BEGIN
    await fleet.run({
      nowMs: () => (now = Math.min(now + 20 * MINUTE, END)),
      isOver: () => now >= END,
      signal: new AbortController().signal,
    })
  })

  it('hand in what the portal takes, and say so', async () => {
    const held = await Promise.all(fleet.deviceIds.map(heldOf))
    const count = held.flat().length
    // A heartbeat every quarter of an hour, a boot, both ends of the outage.
    expect(count).toBeGreaterThan(5 * 7 * 4)
    expect(fleet.state()).toEqual({ on: 5, off: 0, taken: count })
  })

  it('all tell one outage', async () => {
    for (const deviceId of fleet.deviceIds) {
      const readings = await heldOf(deviceId)
      const gasp = readings.find(({ reason }) => reason === 'last_gasp')
      expect(Math.abs(Date.parse(gasp?.timestamp ?? '') - BEGIN - 3 * HOUR)).toBeLessThan(3000)
    }
    expect(changes.filter((change) => change.includes('last_gasp: OFF')).length).toBeGreaterThan(4)
  })

  it('of which the last has a loose wire besides', async () => {
    const offs = await Promise.all(
      fleet.deviceIds.map(async (deviceId) => {
        const readings = await heldOf(deviceId)
        return readings.filter(({ power_status, timestamp }) => {
          return power_status === 'OFF' && Date.parse(timestamp) > BEGIN + 5 * HOUR
        }).length
      }),
    )
    expect(offs.slice(0, 4)).toEqual([0, 0, 0, 0])
    expect(offs[4]).toBeGreaterThan(0)
  })

  it('end when they are stopped', async () => {
    const stop = new AbortController()
    const second = openFleet({
      program,
      count: 1,
      scenario: STREET,
      folder: join(test.dir, 'stopped'),
      portalUrl: test.url,
      nowMs: BEGIN,
      onChange: () => {},
    })
    const running = second.run({
      nowMs: () => BEGIN + MINUTE,
      isOver: () => false,
      signal: stop.signal,
    })
    stop.abort(new Error('Ctrl-C'))
    await expect(running).rejects.toThrow()
  })
})

describe('a device that knows only a broker', () => {
  it('is heard by the portal through it, outage included', async () => {
    const element = SecureElement.named('publishes')
    const { deviceId } = element
    await enrol(test.url, AREA, [
      {
        facts: {
          device_id: deviceId,
          public_key: element.publicKey,
          stage: 'house',
          customers_served: 1,
          ...PLACE,
        },
      },
    ])
    await eventually('a subscription', async () => (await metric(test, 'mqtt_connected')) === 1)
    const nowhere: Network = { http: () => Promise.reject(new Error('no route')) }
    await using cleanup = new AsyncDisposableStack()
    const device = new Device({
      program,
      name: 'publishes',
      network: withBroker(nowhere, broker.url),
      startMs: BEGIN,
      ...PLACE,
      mains: mainsOf('outage', BEGIN, BEGIN + HOUR),
      settings: {
        apn: 'iot.test',
        broker: 'broker.test',
        'broker-port': 1883,
        client: 'publishes',
        topic: `power/${AREA}/${deviceId}`,
      },
    })
    cleanup.defer(() => device.stop())
    await device.live(BEGIN + HOUR)
    const sent = device.modem.mqtt.published.length
    expect(sent).toBeGreaterThan(5)
    const held = await eventually('all of them', async () => {
      const readings = await heldOf(deviceId)
      return readings.length === sent && readings
    })
    const reasons = held.map(({ reason, power_status }) => `${reason} ${power_status}`)
    expect(reasons).toEqual(expect.arrayContaining(['boot ON', 'last_gasp OFF', 'change ON']))
    expect(device.modem.http.requests).toEqual([])
  })
})
