import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import type { Models } from '../server/models/index.ts'
import { startMongo } from '../stack/mongodb/index.ts'
import { startStack } from '../stack/start.ts'
import { enrol, startReadyPortal, testEnvironment } from '../tests/portal.ts'
import { cpuOf, tellCpu } from './cpu.ts'
import { httpLine, postRequest } from './http-line.ts'
import { insertRate, verificationRate } from './limits.ts'
import { ratePerSecond } from './rate.ts'
import { devices, nextBacklog, nextReadings } from './readings.ts'
import { tell } from './tell.ts'
import { withFolder, withModelsAt } from './with-models.ts'

/**
 * Readings a second that the built portal takes, on loopback, beside what verification alone and journalled inserts alone
 * reach in the same run. Senders, broker and database share the machine with the portal. Prints one JSON line a measure.
 */
/** For longer than derivation gives way. */
const SINGLES = 60_000
const ARRAYS = 600
const READINGS_PER_ARRAY = 100
/** As after an outage, when all sensors of a district hand in what they kept. */
const ARRAYS_AT_ONCE = 64
/** As many as a portal takes from a broker before it has acknowledged one, by default. */
const MESSAGES_AT_ONCE = 512
/** Every meter has a connection of its own: as many are under way over HTTP. */
const CONNECTIONS = MESSAGES_AT_ONCE
const POLL_MS = 20
/** Code that runs for the first time is not what sensors meet. */
const WARM_UP = 2_000

await withFolder(async (dir) => {
  const slower = await measureLimits(dir)
  await measurePortal(dir, slower)
})

async function measureLimits(dir: string): Promise<number> {
  const verify = await verificationRate()
  tell('limit.verify', verify, 'readings/s')
  const mongo = await startMongo({ dir: join(dir, 'inserts') })
  const insert = await withModelsAt(mongo.uri, insertRate)
  await mongo.stop()
  tell('limit.insert', insert, 'readings/s')
  return Math.min(verify, insert)
}

async function measurePortal(dir: string, slower: number): Promise<void> {
  const stack = await startStack({ dir: join(dir, 'stack'), mqtt: {} })
  const portal = await startReadyPortal(
    testEnvironment(stack, {
      NUXT_DEVICE_READINGS_PER_HOUR: '0',
      NUXT_ADDRESS_READINGS_PER_MINUTE: '0',
      NUXT_BATCH_INTERVAL_SECONDS: '900',
    }),
  )
  try {
    await enrol(portal.url, 'bench', devices)
    await postAll(portal.url, singleBodies(WARM_UP), CONNECTIONS)
    await withModelsAt(stack.mongodbUri, async (models) => {
      const measured = async (
        name: string,
        readings: number,
        atLeast: number,
        measure: () => Promise<number>,
      ) => {
        const before = cpuOf(portal.pid)
        const startedAt = performance.now()
        const rate = await measure()
        tell(name, rate, 'readings/s', { atLeast })
        await untilDerived(models)
        const seconds = (performance.now() - startedAt) / 1000
        tell(`${name}.derived`, readings / seconds, 'readings/s')
        tellCpu(name, { before, after: cpuOf(portal.pid), items: readings })
      }
      await untilDerived(models)
      const singles = singleBodies(SINGLES)
      await measured('ingest.http.single', SINGLES, 2000, () =>
        postAll(portal.url, singles, CONNECTIONS),
      )
      const arrays = arrayBodies()
      await measured('ingest.http.array100', ARRAYS * READINGS_PER_ARRAY, slower / 2, async () => {
        return READINGS_PER_ARRAY * (await postAll(portal.url, arrays, ARRAYS_AT_ONCE))
      })
      if (stack.mqttUrl === null) throw new Error('expected a broker')
      const brokerUrl = stack.mqttUrl
      await measured('ingest.mqtt.single', SINGLES, 3000, () => publishAll(brokerUrl, models))
    })
  } finally {
    await portal.stop()
    await stack.stop()
  }
}

function singleBodies(count: number): string[] {
  return nextReadings(count).map((reading) => JSON.stringify(reading))
}

function arrayBodies(): string[] {
  return Array.from({ length: ARRAYS }, (_, index) =>
    JSON.stringify(nextBacklog(index, READINGS_PER_ARRAY)),
  )
}

/** Bodies a second that so many connections get accepted. */
async function postAll(url: string, bodies: string[], connections: number): Promise<number> {
  const requests = bodies.map((body) => postRequest('/api/v1/readings', body))
  const lines = Array.from({ length: connections }, () => httpLine(Number(new URL(url).port)))
  const free = [...lines]
  const rate = await ratePerSecond(requests, connections, async (request) => {
    const line = free.pop()
    const status = await line?.post(request)
    if (!line || status !== 201) throw new Error(`POST /readings: expected 201, got ${status}`)
    free.push(line)
  })
  for (const line of lines) line.end()
  return rate
}

/** Messages a second from the first published to the last stored. */
async function publishAll(brokerUrl: string, { records }: Models): Promise<number> {
  const readings = nextReadings(SINGLES)
  const before = await records.estimatedDocumentCount()
  const client = await connectAsync(brokerUrl)
  const startedAt = performance.now()
  await ratePerSecond(readings, MESSAGES_AT_ONCE, async (reading) => {
    const topic = `power/bench/${reading.device_id}`
    await client.publishAsync(topic, JSON.stringify(reading), { qos: 1 })
  })
  while ((await records.estimatedDocumentCount()) < before + SINGLES) await delay(POLL_MS)
  const rate = (SINGLES * 1000) / (performance.now() - startedAt)
  await client.endAsync()
  return rate
}

/** Outages follow from all that was handed in. */
async function untilDerived({ records }: Models): Promise<void> {
  while (await records.exists({ underived: true })) await delay(POLL_MS)
}
