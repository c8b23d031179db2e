import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { refusalsSchema } from '../../../shared/api/refusals.ts'
import { startPortal, type Portal } from '../../../stack/portal.ts'
import { startMongo } from '../../../stack/mongodb/index.ts'
import { startBroker, type Broker } from '../../../stack/mqtt/index.ts'
import { TestDevice } from '../../device.ts'
import {
  asAdmin,
  enrol,
  eventually,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'
import { openLine } from './line.ts'
import { metric } from './metric.ts'
import { openPublisher, topicOf, type Publisher } from './publisher.ts'

const AREA = 'in-br-gaya'

let broker: Broker
let test: TestPortal
let stored: Awaited<ReturnType<typeof openModels>>
let publisher: Publisher
const device = new TestDevice('publishes')
const stranger = new TestDevice('publishes, never enrolled')

beforeAll(async () => {
  broker = await startBroker()
  test = await startTestPortal({
    NUXT_MQTT_URL: broker.url,
    NUXT_BATCH_INTERVAL_SECONDS: '1800',
  })
  stored = await openModels(test.stack)
  await enrol(test.url, AREA, [device])
  publisher = await openPublisher(broker.url)
  await eventually('a subscription', async () => (await metric(test, 'mqtt_connected')) === 1)
})
afterAll(async () => {
  await publisher?.close()
  await stored?.close()
  await test?.stop()
  await broker?.stop()
})

const numbersOf = async ({ facts }: TestDevice) => {
  const rows = await stored.models.records
    .find({ type: 'reading', device_id: facts.device_id }, { seq: 1 })
    .lean()
  return rows.map(({ seq }) => seq ?? 0).sort((a, b) => a - b)
}

const outcome = (name: string) => metric(test, 'mqtt_messages_total', name)

describe('a message from a broker', () => {
  it('becomes a record, in compact form or as JSON', async () => {
    const before = (await numbersOf(device)).length
    await publisher.publish(topicOf(AREA, device), device.readCompact())
    await publisher.publish(topicOf(AREA, device), JSON.stringify(device.read()))
    await eventually('two records', async () => (await numbersOf(device)).length === before + 2)
  })

  it('that comes twice becomes one record', async () => {
    const cose = device.readCompact()
    const before = await numbersOf(device)
    const duplicates = await outcome('duplicate')
    await publisher.publish(topicOf(AREA, device), cose)
    await publisher.publish(topicOf(AREA, device), cose)
    await eventually('a duplicate', async () => (await outcome('duplicate')) === duplicates + 1)
    expect(await numbersOf(device)).toHaveLength(before.length + 1)
  })

  it.each<[code: string, topic: () => string, payload: () => Uint8Array | string]>([
    ['wrong_topic', () => topicOf(AREA, stranger), () => device.readCompact()],
    ['wrong_topic', () => topicOf('us-ky', device), () => device.readCompact()],
    ['wrong_topic', () => 'power/Jane Doe/1', () => device.readCompact()],
    ['malformed', () => topicOf(AREA, device), () => '{"name":"Jane Doe"}'],
    ['malformed', () => topicOf(AREA, device), () => `[${JSON.stringify(device.read())}]`],
    ['malformed', () => topicOf(AREA, device), () => device.readCompact().subarray(1)],
    ['malformed', () => topicOf(AREA, device), () => ''],
    ['too_large', () => topicOf(AREA, device), () => ' '.repeat(20_000)],
    ['unknown_device', () => topicOf(AREA, stranger), () => stranger.readCompact()],
    [
      'bad_signature',
      () => topicOf(AREA, device),
      () => JSON.stringify({ ...device.read(), voltage_mv: 1 }),
    ],
  ])(
    'that is refused as %s is counted, shown to administrators, and forgotten',
    async (code, topic, payload) => {
      const [before, counted] = [await numbersOf(device), await outcome(code)]
      await publisher.publish(topic(), payload())
      await eventually('a refusal', async () => (await outcome(code)) === counted + 1)
      const response = await fetch(`${test.url}/api/v1/admin/refusals`, { headers: asAdmin })
      const [last] = refusalsSchema.parse(await response.json()).items
      expect(last?.code).toBe(code)
      expect(JSON.stringify(last)).not.toContain('Jane')
      expect(await numbersOf(device)).toEqual(before)
      await eventually(
        'nothing in flight',
        async () => (await metric(test, 'mqtt_in_flight')) === 0,
      )
    },
  )

  it('names its device among the refusals, which only administrators see', async () => {
    const { status } = await fetch(`${test.url}/api/v1/admin/refusals`)
    expect(status).toBe(401)
    const response = await fetch(`${test.url}/api/v1/admin/refusals`, { headers: asAdmin })
    const { items } = refusalsSchema.parse(await response.json())
    expect(items.find(({ code }) => code === 'bad_signature')).toMatchObject({
      area_id: AREA,
      device_id: device.facts.device_id,
    })
  })
})

describe('a stream of messages', () => {
  it('loses none when the portal dies in the middle of it, and keeps each once', async () => {
    const sensor = new TestDevice('streams')
    await enrol(test.url, AREA, [sensor])
    const env = { ...test.env, NUXT_MQTT_CLIENT_ID: 'dies', NUXT_MQTT_MAX_IN_FLIGHT: '20' }
    // The other portal, on the same broker, would take the messages too.
    await test.portal.stop()
    let portal: Portal = await startReadyPortal(env)
    await eventually('a subscription', async () => (await metric(portal, 'mqtt_connected')) === 1)
    const messages = Array.from({ length: 400 }, () => sensor.readCompact())
    const sent = Promise.all(messages.map((cose) => publisher.publish(topicOf(AREA, sensor), cose)))
    await eventually('some records', async () => (await numbersOf(sensor)).length > 20)
    portal.kill('SIGKILL')
    await portal.exited
    const atDeath = await numbersOf(sensor)
    portal = await startPortal({ env })
    await sent
    await eventually('all records', async () => (await numbersOf(sensor)).length === 400)
    expect(atDeath.length).toBeLessThan(400)
    expect(await numbersOf(sensor)).toEqual(messages.map((_, index) => index + 1))
    await portal.stop()
  })

  it('waits while the database is away, without an acknowledgement', async () => {
    const sensor = new TestDevice('waits')
    const mongo = await startMongo({ dir: join(test.dir, 'mongodb-that-goes') })
    const socket = /^mongodb:\/\/([^/?]+)/.exec(mongo.uri)?.[1] ?? ''
    const database = await openLine({ path: decodeURIComponent(socket) })
    const portal = await startReadyPortal({
      ...test.env,
      NUXT_MQTT_CLIENT_ID: 'waits',
      NUXT_MONGODB_URI: `mongodb://127.0.0.1:${database.port}/?directConnection=true`,
    })
    await enrol(portal.url, AREA, [sensor])
    await eventually('a subscription', async () => (await metric(portal, 'mqtt_connected')) === 1)
    database.cut()
    await publisher.publish(topicOf(AREA, sensor), sensor.readCompact())
    await publisher.publish(topicOf(AREA, sensor), 'nonsense')
    await eventually('the other refused', async () => {
      const answer = await fetch(`${portal.url}/api/v1/admin/refusals`, { headers: asAdmin })
      return refusalsSchema.parse(await answer.json()).items.length === 1
    })
    expect(await metric(portal, 'mqtt_messages_total', 'accepted')).toBe(0)
    database.mend()
    await eventually(
      'the record',
      async () => (await metric(portal, 'mqtt_messages_total', 'accepted')) === 1,
    )
    await portal.stop()
    await database.close()
    await mongo.stop()
  })
})
