import type { MqttSession } from './network.ts'
import type { Sim7020 } from './sim7020.ts'
import type { Command } from './sim7020-commands.ts'

const CONNECT_MS = 900
const ACKNOWLEDGE_MS = 700
const PAUSE_MS = 1000
const HEX_MAX = 1000

/** The module's only MQTT client. */
export class MqttClient {
  readonly #modem: Sim7020
  #broker: { host: string; port: number; secure: boolean; madeMs: number } | undefined
  #session: MqttSession | undefined
  #certificate = ''
  #slices = ''
  #stale: boolean
  /** Virtual moments of what the broker acknowledged. */
  readonly published: { topic: string; payload: Uint8Array; atMs: number }[] = []

  constructor(modem: Sim7020) {
    this.#modem = modem
    this.#stale = modem.quirks.staleCertificate
  }

  forget(): void {
    this.#broker = undefined
    this.#drop()
    this.#certificate = ''
    this.#slices = ''
    this.#stale = this.#modem.quirks.staleCertificate
  }

  readonly commands: Command[] = [
    {
      pattern: /^AT\+(?:CMQTSYNC|CREVHEX)=1$/,
      act: () => {
        this.#modem.final('OK')
      },
    },
    {
      pattern: /^AT\+CSETCA=0,(\d+),([01]),0,"(.*)"$/,
      act: ([, total, more, slice = '']) => {
        this.#setCertificate(Number(total), more === '0', slice)
      },
    },
    {
      pattern: /^AT\+CMQ(TTS)?NEW="([^"]+)","(\d+)",\d+,\d+$/,
      act: ([, secure, host = '', port]) => {
        this.#new(host, Number(port), secure !== undefined)
      },
    },
    {
      pattern: /^AT\+CMQCON=0,4,"([^"]+)",\d+,[01],0(?:,"([^"]*)","([^"]*)")?$/,
      act: ([, clientId = '', username, password]) => {
        this.#connect({ clientId, username, password })
      },
    },
    {
      pattern: /^AT\+CMQPUB=0,"([^"]+)",1,0,0,(\d+),"([0-9a-f]*)"$/,
      act: ([, topic = '', length, hex = '']) => {
        this.#publish(topic, Number(length), hex)
      },
    },
    {
      pattern: /^AT\+CMQDISCON=0$/,
      act: () => {
        const existed = this.#broker !== undefined
        this.#broker = undefined
        this.#drop()
        this.#modem.final(existed ? 'OK' : 'ERROR')
      },
    },
  ]

  #drop(): void {
    const session = this.#session
    this.#session = undefined
    if (session) this.#modem.agenda.hold(session.end())
  }

  #setCertificate(total: number, isLast: boolean, slice: string): void {
    if (this.#stale) {
      this.#stale = false
      this.#modem.final('ERROR')
      return
    }
    this.#slices += slice
    const sound = slice.length <= 1000 && (!isLast || this.#slices.length === total)
    if (isLast || !sound) {
      this.#certificate = sound ? this.#slices.replaceAll('\\n', '\n') : ''
      this.#slices = ''
    }
    this.#modem.final(sound ? 'OK' : 'ERROR')
  }

  #new(host: string, port: number, secure: boolean): void {
    if (this.#broker || (secure && this.#certificate === '')) {
      this.#modem.final('ERROR')
      return
    }
    this.#broker = { host, port, secure, madeMs: this.#modem.agenda.nowMs }
    this.#modem.say('+CMQNEW: 0')
    this.#modem.final('OK')
  }

  #connect(who: { clientId: string; username?: string; password?: string }): void {
    const broker = this.#broker
    const { network } = this.#modem
    const early =
      this.#modem.quirks.mqttNeedsPause &&
      this.#modem.agenda.nowMs - (broker?.madeMs ?? 0) < PAUSE_MS
    if (!broker || !network.mqtt || early || !this.#modem.coverage) {
      this.#modem.final('ERROR')
      return
    }
    const session = network.mqtt({
      host: broker.host,
      port: broker.port,
      clientId: who.clientId,
      username: who.username,
      password: who.password,
      trusted: broker.secure ? this.#certificate : '',
    })
    this.#modem.awaiting(session, (connected) => {
      this.#modem.later(CONNECT_MS, () => {
        if (!(connected instanceof Error)) this.#session = connected
        this.#modem.final(connected instanceof Error ? 'ERROR' : 'OK')
      })
    })
  }

  #publish(topic: string, length: number, hex: string): void {
    const session = this.#session
    if (!session || length !== hex.length || length > HEX_MAX || !this.#modem.coverage) {
      this.#modem.final('ERROR')
      return
    }
    const payload = new Uint8Array(Buffer.from(hex, 'hex'))
    const acknowledged = session.publish(topic, payload)
    this.#modem.awaiting(acknowledged, (result) => {
      this.#modem.later(ACKNOWLEDGE_MS, () => {
        if (result instanceof Error) {
          this.#modem.final('ERROR')
          return
        }
        this.published.push({ topic, payload, atMs: this.#modem.agenda.nowMs })
        this.#modem.final('OK')
      })
    })
  }
}
