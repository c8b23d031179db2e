import { Agent, request } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import mongoose from 'mongoose'
import { webCryptoVerifier } from '../server/adapters/signature-verifier.ts'
import { createModels, ensureIndexes, type Models } from '../server/models/index.ts'
import { insertNew } from '../server/services/insert-new.ts'
import { fromBase64url, type Signature } from '../shared/bytes.ts'
import { signedBytes, type Reading } from '../shared/reading/index.ts'
import { startMongo } from '../stack/mongodb/index.ts'
import { startStack } from '../stack/start.ts'
import { TestDevice } from '../tests/device.ts'
import { enrol, eventually, startReadyPortal, testEnvironment } from '../tests/portal.ts'
import { tell } from './tell.ts'

/**
 * Readings a second that the built portal takes, on loopback, beside what verification alone and journalled inserts alone
 * reach in the same run. Senders, broker and database share the machine with the portal. Prints one JSON line a measure.
 */
const DEVICES = 200
const SINGLES = 10_000
const ARRAYS = 300
const READINGS_PER_ARRAY = 100
const CONNECTIONS = 64
const VERIFICATIONS = 10_000
const INSERTS = 20_000

const devices = Array.from({ length: DEVICES }, (_, index) => new TestDevice(`bench ${index}`))

/** The next readings, device after device, signed. */
function nextReadings(count: number): Reading[] {
  return Array.from({ length: count }, (_, index) => {
    const device = devices[index % DEVICES]
    if (!device) throw new Error('expected devices')
    return device.read()
  })
}

/** Does `work` with every item, so many at a time; answers items a second. */
async function ratePerSecond<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<number> {
  const queue = items.values()
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of queue) await work(item)
    }),
  )
  return (items.length * 1000) / (performance.now() - startedAt)
}

async function measureVerification(): Promise<number> {
  const verifier = webCryptoVerifier()
  const signed = nextReadings(VERIFICATIONS).map((reading) => ({
    key: devices.find(({ facts }) => facts.device_id === reading.device_id)?.facts.public_key ?? '',
    message: signedBytes(reading),
    signature: fromBase64url(reading.device_signature) as Signature,
  }))
  return ratePerSecond(signed, CONNECTIONS, async ({ key, message, signature }) => {
    if (!(await verifier.verify(key, message, signature))) throw new Error('expected it to hold')
  })
}

async function measureInserts({ records }: Models): Promise<number> {
  const rows = Array.from({ length: INSERTS }, (_, index) => ({
    _id: index.toString(16).padStart(64, '0'),
    area_id: 'bench',
    type: 'reading' as const,
    ordered_at: new Date(),
    body: 'x'.repeat(700),
    batch_number: null,
    device_id: `${index % DEVICES}`.padStart(18, '0'),
    seq: index,
    measured_at: new Date(),
    digest: '0'.repeat(64),
    underived: true as const,
  }))
  const groups = Array.from({ length: INSERTS / READINGS_PER_ARRAY }, (_, index) =>
    rows.slice(index * READINGS_PER_ARRAY, (index + 1) * READINGS_PER_ARRAY),
  )
  const rate = await ratePerSecond(groups, 2, async (group) => {
    await insertNew(records, group)
  })
  return rate * READINGS_PER_ARRAY
}

/** Posts a body over a connection that stays open; resolves with its status once the answer is read. */
const post = (agent: Agent, url: string, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/v1/readings`,
      { agent, method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)),
    )
    sent.on('error', reject).end(body)
  })

/** Bodies a second that so many connections get accepted. */
async function measurePosts(url: string, bodies: string[], connections: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const rate = await ratePerSecond(bodies, connections, async (body) => {
    const status = await post(agent, url, body)
    if (status !== 201) throw new Error(`POST /readings: expected 201, got ${status}`)
  })
  agent.destroy()
  return rate
}

async function measureMqtt(brokerUrl: string, models: Models): Promise<number> {
  const readings = nextReadings(SINGLES)
  const last = readings.map(({ device_id, seq }) => ({ device_id, seq })).slice(-DEVICES)
  const client = await connectAsync(brokerUrl)
  const startedAt = performance.now()
  await ratePerSecond(readings, CONNECTIONS, async (reading) => {
    await client.publishAsync(`power/bench/${reading.device_id}`, JSON.stringify(reading), {
      qos: 1,
    })
  })
  await eventually('every reading stored', async () => {
    return (await models.records.countDocuments({ $or: last })) === last.length
  })
  const rate = (SINGLES * 1000) / (performance.now() - startedAt)
  await client.endAsync()
  return rate
}

const dir = await mkdtemp(join(tmpdir(), 'gridwitness-bench-'))

async function measureLimits(): Promise<number> {
  const verify = await measureVerification()
  tell('limit.verify', verify, 'readings/s')
  const mongo = await startMongo({ dir: join(dir, 'inserts') })
  const connection = await mongoose.createConnection(mongo.uri).asPromise()
  const models = createModels(connection)
  await ensureIndexes(models)
  const insert = await measureInserts(models)
  tell('limit.insert', insert, 'readings/s')
  await connection.close()
  await mongo.stop()
  return Math.min(verify, insert)
}

async function measurePortal(slower: number): Promise<void> {
  const stack = await startStack({ dir: join(dir, 'stack'), mqtt: {} })
  const portal = await startReadyPortal(
    testEnvironment(stack, {
      NUXT_DEVICE_READINGS_PER_HOUR: '0',
      NUXT_ADDRESS_READINGS_PER_MINUTE: '0',
      NUXT_BATCH_INTERVAL_SECONDS: '900',
    }),
  )
  const connection = await mongoose.createConnection(stack.mongodbUri).asPromise()
  try {
    await enrol(portal.url, 'bench', devices)
    const singles = nextReadings(SINGLES).map((reading) => JSON.stringify(reading))
    const single = await measurePosts(portal.url, singles, CONNECTIONS)
    tell('ingest.http.single', single, 'readings/s', { atLeast: 2000 })
    const arrays = Array.from({ length: ARRAYS }, () =>
      JSON.stringify(nextReadings(READINGS_PER_ARRAY)),
    )
    const array = await measurePosts(portal.url, arrays, 4)
    tell('ingest.http.array100', array * READINGS_PER_ARRAY, 'readings/s', { atLeast: slower / 2 })
    if (stack.mqttUrl === null) throw new Error('expected a broker')
    const mqtt = await measureMqtt(stack.mqttUrl, createModels(connection))
    tell('ingest.mqtt.single', mqtt, 'readings/s', { atLeast: 3000 })
  } finally {
    await connection.close()
    await portal.stop()
    await stack.stop()
  }
}

try {
  const slower = await measureLimits()
  await measurePortal(slower)
} finally {
  await rm(dir, { recursive: true, force: true })
}
