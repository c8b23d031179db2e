import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fromHex, toHex } from '../../shared/bytes.ts'
import { readLabel, verifyChallenge } from '../../shared/provisioning/index.ts'
import { Device } from '../../firmware/host/harness/device.ts'
import { FLASH_BYTES } from '../../firmware/host/harness/device.ts'
import { NorFlash } from '../../firmware/host/harness/flash.ts'
import { SecureElement } from '../../firmware/host/harness/secure-element.ts'
import type { MqttOptions } from '../../firmware/host/harness/network.ts'
import { buildHost } from './host.ts'
import { PortalDouble } from './portal-double.ts'

/** A device at the bench: the real core with nothing but its operator's key, and a person who types. */

const SECOND = 1000
const MINUTE = 60 * SECOND
const START = Date.UTC(2026, 10, 20, 0, 0, 0)
const SERIAL = '0123090909090909EE'

const vectors = z
  .object({
    operator_key: z.string(),
    settings: z.array(
      z.object({
        settings: z.looseObject({ version: z.int(), host: z.string(), port: z.int() }),
        message_hex: z.string(),
      }),
    ),
    refused_settings: z.array(
      z.object({ name: z.string(), message_hex: z.string(), answer: z.string() }),
    ),
  })
  .parse(
    JSON.parse(readFileSync(new URL('../vectors/device-messages.json', import.meta.url), 'utf8')),
  )
const [small, withBroker, full] = vectors.settings.map(({ message_hex }) => message_hex)

/** A portal, and a broker beside it. */
class Network extends PortalDouble {
  readonly connected: MqttOptions[] = []
  readonly topics: string[] = []
  mqtt(options: MqttOptions) {
    this.connected.push(options)
    return Promise.resolve({
      publish: (topic: string) => {
        this.topics.push(topic)
        return Promise.resolve()
      },
      end: () => Promise.resolve(),
    })
  }
}

let program: string
beforeAll(() => {
  program = buildHost('device')
})

const running: Device[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((device) => device.stop()))
})

async function bench({ operatorKey = vectors.operator_key.slice(2) } = {}) {
  const network = new Network()
  const element = new SecureElement({
    serial: fromHex(SERIAL.toLowerCase()),
    key: new Uint8Array(32).fill(3),
  })
  const device = new Device({
    program,
    memory: { element, flash: new NorFlash(FLASH_BYTES), values: new Map() },
    network,
    startMs: START,
    mains: [[START, START + 100 * MINUTE]],
    settings: { 'operator-key': operatorKey },
  })
  running.push(device)
  await device.live(START + SECOND)
  return { device, network, element }
}

/** Types a line and gives what the device says to it. */
async function typed(device: Device, line: string): Promise<string> {
  device.said = ''
  device.type(line)
  await device.live(device.nowMs + SECOND)
  return device.said.trimEnd()
}

describe('a new device', () => {
  test('says who it is, and its chip answers a challenge', async () => {
    const { device, element } = await bench()
    const identity = readLabel(await typed(device, 'identity'))
    expect(identity).toEqual({ device_id: SERIAL, public_key: element.publicKey })
    const nonce = new Uint8Array(32).fill(0xa5)
    const answer = await typed(device, `challenge ${toHex(nonce)}`)
    expect(answer).toMatch(/^[0-9A-F]{128}$/)
    verifyChallenge(identity, nonce, fromHex(answer.toLowerCase()))
  })

  test('signs no other bytes, and says what it understands', async () => {
    const { device } = await bench()
    const HELP = /^expected: identity \| challenge <64 hex digits> \| settings <hex digits>$/
    const nonce = 'ab'.repeat(32)
    expect(await typed(device, `challenge ${nonce}ab`)).toContain('expected a nonce of 64')
    expect(await typed(device, 'challenge')).toContain('expected a nonce of 64')
    for (const line of ['sign 00', 'identity 00', `challenge ${nonce}a`, 'settings xyz'])
      expect(await typed(device, line)).toMatch(HELP)
    expect(await typed(device, `settings ${'00'.repeat(5000)}`)).toMatch(HELP)
    expect(await typed(device, '')).toBe('')
    expect(await typed(device, 'identity')).toContain('GRIDWITNESS:1:')
  })

  test('signs nothing before it has a place, and lives by its settings once it has', async () => {
    const { device, network } = await bench()
    await device.live(START + 20 * MINUTE)
    expect(network.requests).toEqual([])
    expect(await typed(device, `settings ${small}`)).toBe('ok: settings taken over, restarting')
    await device.live(device.nowMs + 3 * MINUTE)
    expect(device.starts).toBe(2)
    const [first] = network.arrivals
    expect(first?.reading).toMatchObject({ reason: 'boot', latitude: 25.5941, longitude: 85.1376 })
    const [request] = network.requests.filter(({ method }) => method === 'POST')
    expect(request?.url).toBe('https://power.example.org:443/api/v1/readings')
    expect(await typed(device, `settings ${small}`)).toContain('not above the one in force')
    await device.cutPower()
    await device.live(device.nowMs + 3 * MINUTE)
    expect(network.arrivals.at(-1)?.reading).toMatchObject({ reason: 'boot', latitude: 25.5941 })
  })

  test('publishes to the broker of its settings while the portal is away', async () => {
    const { device, network } = await bench()
    network.down = [[START, START + 100 * MINUTE]]
    await typed(device, `settings ${withBroker}`)
    await device.live(device.nowMs + 10 * MINUTE)
    expect(network.topics[0]).toBe(`power/in-br-patna/${SERIAL}`)
    expect(network.connected[0]).toMatchObject({
      host: 'broker.example.org',
      port: 8883,
      clientId: SERIAL,
      username: 'sensor',
      password: 'a,b;c',
    })
  })

  test('takes over the longest settings there are; a Shelly it cannot reach does not keep it from reporting', async () => {
    const { device, network } = await bench()
    expect(await typed(device, `settings ${full}`)).toContain('ok:')
    await device.live(device.nowMs + 3 * MINUTE)
    expect(device.log.some((line) => line.startsWith('meter '))).toBe(true)
    expect(network.arrivals[0]?.reading.location_commitment).toBe('ab'.repeat(32))
  })

  test('refuses settings that are not its operator’s, not its own, or not in order, and says so', async () => {
    const { device, network } = await bench()
    for (const { name, message_hex, answer } of vectors.refused_settings)
      expect(await typed(device, `settings ${message_hex}`), name).toContain(answer)
    await device.live(device.nowMs + 5 * MINUTE)
    expect(device.starts).toBe(1)
    expect(network.requests).toEqual([])
  })

  test('built without an operator’s key takes none at all', async () => {
    const { device } = await bench({ operatorKey: '' })
    expect(await typed(device, `settings ${small}`)).toContain('without an operator')
  })
})
