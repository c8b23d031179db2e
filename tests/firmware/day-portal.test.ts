import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { buildHost } from './host.ts'
import { Device, type Presence } from '../../firmware/host/harness/device.ts'
import { portalNetwork, type Network } from '../../firmware/host/harness/network.ts'
import { AWKWARD, type Quirks } from '../../firmware/host/harness/quirks.ts'
import { storedReadingSchema, type StoredReading } from '../../shared/api/readings.ts'
import { pageOf } from '../../shared/api/page.ts'
import { decodeCompact } from '../../shared/reading/compact.ts'
import { enrol, get, startTestPortal, type TestPortal } from '../portal.ts'

/** The road of a record from mains to the portal's store: the real core, its modem, the real portal. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const PLACE = { latitude: 25.5941, longitude: 85.1376 }
/** A day and a bit ago: what is measured lies in the past of the portal's clock. */
const START = Math.floor((Date.now() - 30 * HOUR) / SECOND) * SECOND

let portal: TestPortal
let program: string
const devices: Device[] = []

beforeAll(async () => {
  program = buildHost('device')
  portal = await startTestPortal()
}, 120_000)

afterAll(async () => {
  await Promise.all(devices.map((device) => device.stop()))
  await portal.stop()
})

interface Scene {
  name: string
  mains?: Presence[]
  quirks?: Partial<Quirks>
  network?: Network
}

function sensor({ name, network = portalNetwork(portal.url), ...scene }: Scene): Device {
  const device = new Device({
    program,
    name,
    network,
    startMs: START,
    mains: [[START, START + 100 * HOUR]],
    ...PLACE,
    settings: { origin: 'http://portal.test', apn: 'iot.test' },
    ...scene,
  })
  devices.push(device)
  return device
}

/** The portal, but between these virtual moments nobody answers, and every n-th answer is lost on the way back. */
function unreliable(down: Presence, loseEvery: number): Network {
  const behind = portalNetwork(portal.url)
  let answers = 0
  return {
    async http(request) {
      if (request.atMs >= down[0] && request.atMs < down[1]) throw new Error('connection refused')
      const answer = await behind.http(request)
      answers += 1
      if (answers % loseEvery === 0) throw new Error('connection reset')
      return answer
    },
  }
}

const enrolAll = (areaId: string, sensors: readonly Device[]) =>
  enrol(
    portal.url,
    areaId,
    sensors.map(({ element }) => ({
      facts: {
        device_id: element.deviceId,
        public_key: element.publicKey,
        stage: 'transformer' as const,
        customers_served: 40,
        ...PLACE,
      },
    })),
  )

const pageSchema = pageOf(storedReadingSchema)

async function held(deviceId: string): Promise<StoredReading[]> {
  const items: StoredReading[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { body } = await get<unknown>(
      portal.url,
      `/api/v1/readings?device_id=${deviceId}&limit=500${from}`,
    )
    const page = pageSchema.parse(body)
    items.push(...page.items)
    cursor = page.next
  }
  return items
}

const numbersSchema = z.object({
  seq: z.int(),
  reason: z.string(),
  previous: z.string().optional(),
})

/** Every number the device handed in, once and without a gap but for boots, each naming the one before. */
async function expectHeldWhole(device: Device): Promise<number> {
  const hashes = new Map<number, string>()
  for (const { body, headers } of device.modem.http.requests) {
    if (headers['content-type'] !== 'application/cose') continue
    const { reading, signed } = decodeCompact(body)
    hashes.set(reading.seq, createHash('sha256').update(signed).digest('hex'))
  }
  const stored = (await held(device.element.deviceId))
    .map(({ reading, chain }) => ({ ...numbersSchema.parse(reading), chain }))
    .sort((a, b) => a.seq - b.seq)
  expect(new Set(stored.map(({ seq }) => seq)).size).toBe(stored.length)
  for (const [index, reading] of stored.entries()) {
    const before = stored[index - 1]
    if (!before) continue
    if (reading.reason !== 'boot') expect(reading.seq).toBe(before.seq + 1)
    const hash = hashes.get(before.seq)
    if (hash !== undefined) expect(reading.previous).toBe(hash)
    expect(reading.chain).not.toBe('gap')
  }
  return stored.length
}

test('a quiet day, an outage, flapping, a dying capacitor and an awkward modem: the portal holds every number once', async () => {
  const off = START + 5 * HOUR
  const outage: Presence[] = [
    [START, off],
    [off + 50 * MINUTE, START + 100 * HOUR],
  ]
  const flaps = Array.from({ length: 60 }, (_, index): Presence => {
    const from = off + index * 20 * SECOND
    return [from, from + 9 * SECOND]
  })
  const quiet = sensor({ name: 'quiet' })
  const dark = sensor({ name: 'dark', mains: outage })
  const flapping = sensor({
    name: 'flapping',
    mains: [[START, off - SECOND], ...flaps, [off + HOUR, START + 100 * HOUR]],
  })
  const dying = sensor({ name: 'dying', mains: outage })
  const awkward = sensor({ name: 'awkward', mains: outage, quirks: AWKWARD })
  const all = [quiet, dark, flapping, dying, awkward]
  await enrolAll('patna', all)
  for (let hour = 1; hour < 20; hour += 2)
    dark.agenda.at(START + hour * HOUR, () => {
      dark.modem.restart()
    })
  await dying.live(off + 15 * SECOND)
  await dying.dieUntil(off + 50 * MINUTE)
  for (const device of all) await device.live(START + 25 * HOUR)
  const counts: number[] = []
  for (const device of all) counts.push(await expectHeldWhole(device))
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(95)
}, 120_000)

test('a server away for a day, with answers lost on the way: all is there in the end, once', async () => {
  const device = sensor({
    name: 'patient',
    network: unreliable([START + HOUR, START + 25 * HOUR], 3),
  })
  await enrolAll('gaya', [device])
  await device.live(START + 28 * HOUR)
  expect(await expectHeldWhole(device)).toBeGreaterThanOrEqual(110)
}, 120_000)
