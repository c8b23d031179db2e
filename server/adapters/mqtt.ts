import { setTimeout as delay } from 'node:timers/promises'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { messageOf } from '../../shared/coded-error.ts'

export interface Message {
  topic: string
  payload: Uint8Array
}

/** Whoever receives messages. */
export interface Receiver {
  /** Resolves once the message may be forgotten by everybody else; rejects when it has to be offered again. */
  take(message: Message): Promise<void>
  /** Hears in words of what keeps messages from coming or from being taken. */
  onTrouble(trouble: string): void
}

/**
 * A subscription at a broker that outlives connections. Promise: a message is acknowledged only once it was taken; one
 * that is not comes again, from here after a pause or from the broker over the next connection, so it may come twice.
 * No more than `maxInFlight` are offered at a time, and no more are read from the line. Messages may overtake each other.
 */
export interface MessageSource {
  /** Begins to connect, and tries until it is closed. To be called once. */
  open(receiver: Receiver): void
  isConnected(): boolean
  /** Messages offered and not yet taken. */
  inFlight(): number
  /** Takes no more messages, waits a moment for those in flight, and leaves; the broker keeps what comes meanwhile. May be repeated. */
  close(): Promise<void>
}

export interface MqttSettings {
  url: string
  /** Topic filter, `$share/<group>/…` included where instances share. */
  filter: string
  /** Names the session at the broker, which keeps messages while we are away. */
  clientId: string
  maxInFlight: number
  username?: string | undefined
  password?: string | undefined
  /** PEM texts: whom to trust instead of the system's authorities, and who we are. */
  ca?: string | undefined
  cert?: string | undefined
  key?: string | undefined
}

const AT_LEAST_ONCE = 1
const REFUSED = 128
/** Pauses before another try: of a connection, of a message. */
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000
const CONNECT_TIMEOUT_MS = 10_000
const CLOSE_TIMEOUT_MS = 5_000
/** What the library is told so that it leaves the acknowledgement to us. */
const NOT_YET = new Error('acknowledged later')

/** MQTT 3.1.1, which every broker speaks, with a session that the broker keeps. */
export function mqttMessages(settings: MqttSettings): MessageSource {
  const { maxInFlight } = settings
  const inFlight = new Set<Promise<void>>()
  /** Messages read from the line and not offered yet: one a connection, for the library reads no further. */
  const held: (() => void)[] = []
  let client: MqttClient | null = null
  /** Ends what is under way for the present connection. */
  let lost = new AbortController()
  let closing: Promise<void> | null = null

  function admit(): void {
    while (closing === null && inFlight.size < maxInFlight) {
      const next = held.shift()
      if (!next) return
      next()
    }
  }

  function offer(work: Promise<void>): void {
    inFlight.add(work)
    void work.finally(() => {
      inFlight.delete(work)
      admit()
    })
  }

  function listen(connected: MqttClient, receiver: Receiver): void {
    connected.handleMessage = ({ topic, payload, qos, messageId }, next) => {
      const { stream } = connected
      const { signal } = lost
      // Over the connection it came on, or never: on another the same number may stand for another message.
      const acknowledge = () => {
        if (qos === AT_LEAST_ONCE && messageId !== undefined && !signal.aborted)
          stream.write(puback(messageId))
      }
      held.push(() => {
        const message = { topic, payload: Buffer.from(payload) }
        if (!signal.aborted)
          offer(untilTaken(receiver, message, signal).then(acknowledge, () => {}))
        next(NOT_YET)
      })
      admit()
    }
  }

  function follow(connected: MqttClient, { onTrouble }: Receiver): void {
    let pauseMs = FIRST_PAUSE_MS
    connected.on('connect', () => {
      pauseMs = FIRST_PAUSE_MS
      connected.options.reconnectPeriod = pauseMs
      connected.subscribe(settings.filter, { qos: AT_LEAST_ONCE }, (error, granted) => {
        if (error) onTrouble(`not subscribed: ${messageOf(error)}`)
        else if (granted?.some(({ qos }) => qos === REFUSED))
          onTrouble(`the broker refuses the subscription to ${settings.filter}`)
      })
    })
    connected.on('close', () => {
      lost.abort()
      lost = new AbortController()
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      // Up to half of it by chance: after a broker's restart its clients do not all come at once.
      connected.options.reconnectPeriod = pauseMs * (1 - Math.random() / 2)
    })
    connected.on('error', (error) => onTrouble(messageOf(error) || error.name))
  }

  async function leave(): Promise<void> {
    const timer = new AbortController()
    await Promise.race([
      Promise.all(inFlight),
      delay(CLOSE_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => undefined),
    ])
    timer.abort()
    lost.abort()
    await client?.endAsync()
  }

  return {
    open(receiver) {
      client = connect(settings.url, clientOptions(settings))
      listen(client, receiver)
      follow(client, receiver)
    },
    isConnected: () => client?.connected ?? false,
    inFlight: () => inFlight.size,
    close: () => (closing ??= leave()),
  }
}

function clientOptions({ clientId, username, password, ca, cert, key }: MqttSettings) {
  const options: IClientOptions = {
    protocolVersion: 4,
    clientId,
    clean: false,
    resubscribe: false,
    reconnectPeriod: FIRST_PAUSE_MS,
    reconnectOnConnackError: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
  return options
}

/** Offers a message again and again; rejects once the connection it came on is lost. */
async function untilTaken(
  { take, onTrouble }: Receiver,
  message: Message,
  signal: AbortSignal,
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await take(message)
    } catch (error) {
      onTrouble(`a message waits: ${messageOf(error)}`)
    }
    await delay(pauseMs, undefined, { signal })
  }
}

/** PUBACK, MQTT 3.1.1 §3.4: type 4, two bytes follow, the packet identifier. */
const puback = (messageId: number): Buffer =>
  Buffer.of(0x40, 0x02, messageId >> 8, messageId & 0xff)
