import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Acceptance } from '../../../shared/api/readings.ts'
import type { Portal } from '../../../stack/portal.ts'
import { startBroker, type Broker } from '../../../stack/mqtt/index.ts'
import { TestDevice } from '../../device.ts'
import {
  enrol,
  eventually,
  get,
  send,
  startReadyPortal,
  startTestPortal,
  type TestPortal,
} from '../../portal.ts'
import { openModels } from './deps.ts'
import { metric } from './metric.ts'
import { openPublisher, topicOf } from './publisher.ts'

const AREA = 'in-br-gaya'
const SENDERS = 8
const ENOUGH = 200
const MESSAGES = 50

let test: TestPortal
let broker: Broker
let stored: Awaited<ReturnType<typeof openModels>>
const devices = Array.from({ length: SENDERS }, (_, index) => new TestDevice(`sender ${index}`))
const publishing = new TestDevice('publishes until the end')
beforeAll(async () => {
  broker = await startBroker()
  test = await startTestPortal({ NUXT_MQTT_URL: broker.url })
  stored = await openModels(test.stack)
  await enrol(test.url, AREA, [...devices, publishing])
})
afterAll(async () => {
  await stored?.close()
  await test?.stop()
  await broker?.stop()
})

const started = async (env: Record<string, string> = {}): Promise<Portal> => {
  const portal = await startReadyPortal({ ...test.env, ...env })
  onTestFinished(() => portal.kill('SIGKILL'))
  return portal
}

/** Sends one reading after the other until the portal no longer answers; tells the leaf hash of each 201. */
async function sendUntilEnd(url: string, device: TestDevice, onAccepted: (leaf: string) => void) {
  while (true) {
    const answer = await send<Acceptance>(url, 'POST', '/api/v1/readings', device.read()).catch(
      () => null,
    )
    if (answer === null) return
    if (answer.status === 201 && answer.body.status === 'accepted')
      onAccepted(answer.body.leaf_hash)
    else throw new Error(`expected 201 or no answer, got ${answer.status}`)
  }
}

describe('a portal told to stop', () => {
  it('under load ends in order, and has all it accepted', async () => {
    const { portal } = test
    const publisher = await openPublisher(broker.url)
    await eventually('a subscription', async () => (await metric(portal, 'mqtt_connected')) === 1)
    const accepted: string[] = []
    const senders = devices.map((device) =>
      sendUntilEnd(portal.url, device, (leaf) => {
        accepted.push(leaf)
        if (accepted.length === ENOUGH) portal.kill('SIGTERM')
      }),
    )
    for (let sent = 0; sent < MESSAGES; sent += 1)
      await publisher.publish(topicOf(AREA, publishing), publishing.readCompact())
    await Promise.all(senders)
    expect(await portal.exited).toEqual({ code: 0, signal: null })
    await publisher.close()
    expect(accepted.length).toBeGreaterThanOrEqual(ENOUGH)
    const found = await stored.models.records.countDocuments({ _id: { $in: accepted } })
    expect(found).toBe(accepted.length)
    expect(await stored.models.leases.countDocuments({})).toBe(0)
  })

  it('serves while it drains, though it is not ready, and ends at once when told again', async () => {
    const portal = await started({ NUXT_DRAIN_SECONDS: '300' })
    await eventually('every message the broker kept', async () => {
      const of = { device_id: publishing.facts.device_id, type: 'reading' as const }
      return (await stored.models.records.countDocuments(of)) === MESSAGES
    })
    portal.kill('SIGTERM')
    await eventually('not ready', async () => (await get(portal.url, '/ready')).status === 503)
    const [device] = devices
    const answer = await send(portal.url, 'POST', '/api/v1/readings', device?.read())
    expect(answer.status).toBe(201)
    portal.kill('SIGTERM')
    expect(await portal.exited).toEqual({ code: 1, signal: null })
  })

  it('ends when its time is over, whatever is still open', async () => {
    const portal = await started({ NITRO_SHUTDOWN_TIMEOUT: '500' })
    const open = request(`${portal.url}/api/v1/readings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 2, expect: '100-continue' },
    })
    open.on('error', () => {})
    open.flushHeaders()
    await once(open, 'continue')
    portal.kill('SIGTERM')
    expect(await portal.exited).toEqual({ code: 1, signal: null })
  })
})
