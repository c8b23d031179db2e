import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IClientOptions } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startPortal, type Portal } from '../../../stack/portal.ts'
import { TestDevice } from '../../device.ts'
import {
  enrol,
  eventually,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'
import { metric } from './metric.ts'
import { isMosquittoHere, startMosquitto, type Mosquitto } from './mosquitto.ts'
import { openPublisher, topicOf } from './publisher.ts'

const AREA = 'in-br-gaya'
const USERS = { portal: 'portal-password', devices: 'devices-password' }

it.skipIf(isMosquittoHere)('skipped: mosquitto is not on PATH', (test) => test.skip())

describe.skipIf(!isMosquittoHere)('Mosquitto, with TLS and passwords', () => {
  let dir: string
  let broker: Mosquitto
  let test: TestPortal
  let stored: Awaited<ReturnType<typeof openModels>>
  let publisherOptions: IClientOptions

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gridwitness-mosquitto-'))
    broker = await startMosquitto(dir, USERS)
    test = await startTestPortal({ NUXT_BATCH_INTERVAL_SECONDS: '1800' })
    stored = await openModels(test.stack)
    await writeFile(join(dir, 'portal-password'), `${USERS.portal}\n`)
    const [ca, cert, key] = await Promise.all(
      ['authority.pem', 'client.pem', 'client.key'].map((name) => readFile(join(dir, name))),
    )
    publisherOptions = { ca, cert, key, username: 'devices', password: USERS.devices }
  })
  afterAll(async () => {
    await stored?.close()
    await test?.stop()
    await broker?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  const environment = (clientId: string, changed: Record<string, string> = {}) => ({
    ...test.env,
    NUXT_MQTT_URL: broker.url,
    NUXT_MQTT_CLIENT_ID: clientId,
    NUXT_MQTT_USERNAME: 'portal',
    NUXT_MQTT_PASSWORD_FILE: join(dir, 'portal-password'),
    NUXT_MQTT_CA_FILE: join(dir, 'authority.pem'),
    NUXT_MQTT_CERT_FILE: join(dir, 'client.pem'),
    NUXT_MQTT_KEY_FILE: join(dir, 'client.key'),
    ...changed,
  })
  const isConnected = async (portal: Portal) => (await metric(portal, 'mqtt_connected')) === 1
  const numbersOf = async ({ facts }: TestDevice) => {
    const rows = await stored.models.records
      .find({ type: 'reading', device_id: facts.device_id }, { seq: 1 })
      .lean()
    return rows.map(({ seq }) => seq ?? 0).sort((a, b) => a - b)
  }
  const upTo = (length: number) => Array.from({ length }, (_, index) => index + 1)

  async function enrolled(name: string): Promise<TestDevice> {
    const device = new TestDevice(name)
    await enrol(test.url, AREA, [device])
    return device
  }

  it('loses nothing when the portal is killed and the broker is started anew, and keeps each once', async () => {
    const sensor = await enrolled('over Mosquitto')
    const env = environment('killed')
    let portal = await startReadyPortal(env)
    await eventually('a connection', () => isConnected(portal))
    const publisher = await openPublisher(broker.url, publisherOptions)
    const publish = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          publisher.publish(topicOf(AREA, sensor), sensor.readCompact()),
        ),
      )
    const first = publish(200)
    await eventually('some records', async () => (await numbersOf(sensor)).length > 10)
    portal.kill('SIGKILL')
    await portal.exited
    await first
    // Nobody listens now: the broker keeps them, over its own restart too.
    await publish(50)
    await publisher.close()
    await broker.stop()
    await broker.start()
    portal = await startPortal({ env })
    await eventually('all records', async () => (await numbersOf(sensor)).length === 250)
    // And a portal that is there stays with the broker over a restart.
    await broker.stop()
    await broker.start()
    await eventually('a connection', () => isConnected(portal))
    const later = await openPublisher(broker.url, publisherOptions)
    await later.publish(topicOf(AREA, sensor), sensor.readCompact())
    await eventually('the last record', async () => (await numbersOf(sensor)).length === 251)
    expect(await numbersOf(sensor)).toEqual(upTo(251))
    await later.close()
    await portal.stop()
  })

  it('shares its messages among the portals of a group', async () => {
    const sensor = await enrolled('shared')
    const portals = await Promise.all(
      ['one', 'two'].map((name) =>
        startReadyPortal(environment(name, { NUXT_MQTT_GROUP: 'gridwitness' })),
      ),
    )
    for (const portal of portals) await eventually('a connection', () => isConnected(portal))
    const publisher = await openPublisher(broker.url, publisherOptions)
    for (let count = 0; count < 40; count += 1)
      await publisher.publish(topicOf(AREA, sensor), sensor.readCompact())
    await eventually('all records', async () => (await numbersOf(sensor)).length === 40)
    const counts = await Promise.all(
      portals.map((portal) => metric(portal, 'mqtt_messages_total', 'accepted')),
    )
    expect(counts.reduce((sum, count) => sum + count)).toBe(40)
    for (const count of counts) expect(count).toBeGreaterThan(0)
    await publisher.close()
    for (const portal of portals) await portal.stop()
  })

  it.each([
    [
      'a wrong password',
      { NUXT_MQTT_PASSWORD_FILE: '', NUXT_MQTT_PASSWORD: 'wrong-one' },
      /Not authorized/,
    ],
    ['a broker of an authority it was not told of', { NUXT_MQTT_CA_FILE: '' }, /certificate/],
  ])(
    'is not used with %s; the portal says why, goes on, and shows no password',
    async (_, changed, words) => {
      const env = Object.fromEntries(
        Object.entries(environment('refused', changed)).filter(([, value]) => value !== ''),
      )
      const logFile = join(dir, 'portal.log')
      const portal = await startPortal({ env, logFile })
      const said = await eventually('a reason', async () => {
        const text = await readFile(logFile, 'utf8')
        return words.test(text) && text
      })
      expect(said).not.toContain('wrong-one')
      expect(await isConnected(portal)).toBe(false)
      expect((await fetch(`${portal.url}/health`)).status).toBe(200)
      await portal.stop()
      await rm(logFile)
    },
  )
})
