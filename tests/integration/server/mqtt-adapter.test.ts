import { EventEmitter, once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  mqttMessages,
  type Message,
  type MessageSource,
  type MqttSettings,
} from '../../../server/adapters/mqtt.ts'
import { startBroker, type Broker } from '../../../stack/mqtt/index.ts'
import { eventually } from '../../portal.ts'
import { openLine, type Line } from './line.ts'
import { openPublisher, type Publisher } from './publisher.ts'

const FILTER = 'power/+/+'
const TOPIC = 'power/in-br-gaya/one'

let broker: Broker
let line: Line
let publisher: Publisher
const opened: MessageSource[] = []

beforeEach(async () => {
  broker = await startBroker()
  line = await openLine({ host: '127.0.0.1', port: broker.port })
  publisher = await openPublisher(broker.url)
})
afterEach(async () => {
  for (const source of opened.splice(0)) await source.close()
  await publisher.close()
  await line.close()
  await broker.stop()
})

const textOf = ({ payload }: Message) => Buffer.from(payload).toString()

/** A source over the line, once it is subscribed, with what it was offered and heard. */
async function subscribed(
  take: (message: Message) => Promise<void>,
  settings: Partial<MqttSettings> = {},
) {
  const source = mqttMessages({
    url: `mqtt://127.0.0.1:${line.port}`,
    filter: FILTER,
    clientId: 'portal',
    maxInFlight: 10,
    ...settings,
  })
  opened.push(source)
  const seen: string[] = []
  const troubles: string[] = []
  source.open({
    take(message) {
      seen.push(textOf(message))
      return take(message)
    },
    onTrouble: (trouble) => void troubles.push(trouble),
  })
  await eventually('a connection', async () => source.isConnected())
  return { source, seen, troubles }
}

/** Promises that are kept by hand, one for each message offered. */
function byHand() {
  const taken: { text: string; done(): void; fail(): void }[] = []
  const offered = new EventEmitter()
  const take = (message: Message) =>
    new Promise<void>((resolve, reject) => {
      taken.push({
        text: textOf(message),
        done: () => resolve(),
        fail: () => reject(new Error('the store is away')),
      })
      offered.emit('offered')
    })
  const next = async () => {
    if (taken.length === 0) await once(offered, 'offered')
    const first = taken.shift()
    if (!first) throw new Error('expected a message')
    return first
  }
  return { take, next, waiting: () => taken.length }
}

describe('a message', () => {
  it('that was taken does not come again over the next connection', async () => {
    const { source, seen } = await subscribed(() => Promise.resolve())
    await publisher.publish(TOPIC, 'a')
    await eventually('the message', async () => seen.length === 1)
    await source.close()
    const again = await subscribed(() => Promise.resolve())
    await publisher.publish(TOPIC, 'b')
    await eventually('the next', async () => again.seen.includes('b'))
    expect(again.seen).toEqual(['b'])
  })

  it('that was not taken when the connection broke comes again, and only then is acknowledged', async () => {
    const { take, next } = byHand()
    const { seen } = await subscribed(take)
    await publisher.publish(TOPIC, 'a')
    const first = await next()
    line.cut()
    line.mend()
    const second = await next()
    // Taken over a connection that is gone: says nothing over the present one.
    first.done()
    line.cut()
    line.mend()
    const third = await next()
    second.done()
    third.done()
    await publisher.publish(TOPIC, 'b')
    expect((await next()).text).toBe('b')
    expect(seen).toEqual(['a', 'a', 'a', 'b'])
  })

  it('that cannot be taken now is offered again, and the reason is told', async () => {
    const { take, next } = byHand()
    const { troubles } = await subscribed(take)
    await publisher.publish(TOPIC, 'a')
    ;(await next()).fail()
    const again = await next()
    expect(again.text).toBe('a')
    again.done()
    expect(troubles).toEqual(['a message waits: the store is away'])
  })

  it('comes at most as often at a time as was said, however many wait', async () => {
    const { take, next, waiting } = byHand()
    const { source, seen } = await subscribed(take, { maxInFlight: 4 })
    const texts = Array.from({ length: 200 }, (_, n) => String(n))
    await Promise.all(texts.map((text) => publisher.publish(TOPIC, text)))
    await eventually('four messages', async () => waiting() === 4)
    for (let left = texts.length; left > 0; left -= 1) {
      const message = await next()
      expect(source.inFlight()).toBeLessThanOrEqual(4)
      expect(waiting()).toBeLessThanOrEqual(3)
      message.done()
    }
    expect(new Set(seen)).toEqual(new Set(texts))
    expect(seen).toHaveLength(texts.length)
  })

  it('published while nobody was there comes later', async () => {
    const { source } = await subscribed(() => Promise.resolve())
    await source.close()
    await publisher.publish(TOPIC, 'meanwhile')
    const { seen } = await subscribed(() => Promise.resolve())
    await eventually('the message', async () => seen.includes('meanwhile'))
  })
})

describe('a broker', () => {
  it('that is started anew is found again and subscribed to again', async () => {
    const { source, seen } = await subscribed(() => Promise.resolve())
    const { port } = broker
    broker.kill('SIGKILL')
    await broker.exited
    await eventually('no connection', async () => !source.isConnected())
    broker = await startBroker({ port })
    await eventually('the message', async () => {
      await publisher.publish(TOPIC, 'after')
      return seen.includes('after')
    })
  })
})
