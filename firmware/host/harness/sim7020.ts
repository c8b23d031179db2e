import type { Agenda } from './agenda.ts'
import { commandsOf, type Command } from './sim7020-commands.ts'
import { HttpClients } from './sim7020-http.ts'
import { MqttClient } from './sim7020-mqtt.ts'
import type { Network } from './network.ts'
import { FAITHFUL, type Quirks } from './quirks.ts'

const COMMAND_MAX = 2048
const BOOT_MS = 3000
const KEY_OFF_MS = 500
const ANSWER_MS = 20
const CHUNK_MS = 1
const ESCAPE = '\x1b'

/** What survives loss of power in the module: AUTO_SAVE settings. */
interface Saved {
  apn: string
  networkTime: boolean
}

export interface Sim7020Options {
  agenda: Agenda
  network: Network
  quirks?: Partial<Quirks>
  /** Bytes for the device's UART. */
  toDevice: (bytes: Uint8Array) => void
}

/**
 * A SIM7020E on its serial line: dialect, states and quirks as in the design's notes, real HTTP and MQTT behind it.
 * It knows nothing of the driver; what the driver says is kept in `heard`.
 */
export class Sim7020 {
  readonly agenda: Agenda
  readonly network: Network
  quirks: Quirks
  /** Every command line received, without its end. */
  readonly heard: string[] = []
  readonly http: HttpClients
  readonly mqtt: MqttClient
  readonly saved: Saved = { apn: '', networkTime: false }
  /** Whether there is coverage. */
  coverage = true
  echo = true
  radio = true
  powerSaving = false
  asleep = false
  /** A command that gets no answer, as from a hung module; tested against each line. */
  deafTo: RegExp | undefined
  /** Answers instead of the ordinary ones, by command; each is used once. */
  readonly scripted: { command: RegExp; answer: string[] }[] = []
  #running = false
  #boots = 0
  #eaten = 0
  #line = ''
  #wantsData = false
  #keyDownMs: number | undefined
  #life = 0
  #outgoingMs = 0
  readonly #toDevice: (bytes: Uint8Array) => void
  readonly #commands: readonly Command[]

  constructor({ agenda, network, quirks, toDevice }: Sim7020Options) {
    this.agenda = agenda
    this.network = network
    this.quirks = { ...FAITHFUL, ...quirks }
    this.#toDevice = toDevice
    this.http = new HttpClients(this)
    this.mqtt = new MqttClient(this)
    this.#commands = commandsOf(this)
  }

  get running(): boolean {
    return this.#running
  }

  get boots(): number {
    return this.#boots
  }

  /** PWRKEY: starts or wakes the module, switches a running one off. */
  key(pressed: boolean): void {
    if (pressed) {
      this.#keyDownMs = this.agenda.nowMs
      return
    }
    const heldMs = this.agenda.nowMs - (this.#keyDownMs ?? this.agenda.nowMs)
    this.#keyDownMs = undefined
    if (heldMs < KEY_OFF_MS) return
    if (this.asleep) this.wake()
    else if (this.#running) this.powerDown()
    else this.powerOn()
  }

  powerOn(): void {
    this.#life += 1
    this.#running = true
    this.#boots += 1
    this.#eaten = 0
    this.#line = ''
    this.#wantsData = false
    this.echo = true
    this.radio = true
    this.asleep = false
    this.http.forget()
    this.mqtt.forget()
    this.later(BOOT_MS, () => {
      if (!this.quirks.silentBoot) this.say('RDY')
      this.say('+CFUN: 1')
      this.say('+CPIN: READY')
    })
  }

  /** Off without a word, as when its supply fails. */
  cut(): void {
    this.#life += 1
    this.#running = false
  }

  /** A watchdog reset of the module: everything is forgotten, nobody pressed a key. */
  restart(): void {
    this.cut()
    this.powerOn()
  }

  powerDown(): void {
    this.say('NORMAL POWER DOWN')
    this.#life += 1
    this.#running = false
  }

  sleep(): void {
    this.say('+CPSMSTATUS: "ENTER PSM"')
    this.asleep = true
  }

  wake(): void {
    this.asleep = false
    this.say('+CPSMSTATUS: "EXIT PSM"')
  }

  /** Bytes from the device. */
  receive(bytes: Uint8Array): void {
    if (!this.#running || this.asleep) return
    for (const byte of bytes) {
      const character = String.fromCharCode(byte)
      if (this.#wantsData) {
        this.#wantsData = character !== ESCAPE
        continue
      }
      if (character !== '\r') {
        this.#line += character
        continue
      }
      const line = this.#line
      this.#line = ''
      this.#take(line)
    }
  }

  /** Waits for data, as after a command damaged on the line, and takes everything for it until an escape. */
  prompt(): void {
    this.#wantsData = true
    this.raw('\r\n> ')
  }

  /** An unsolicited or intermediate line. */
  say(text: string): void {
    this.raw(`\r\n${this.quirks.noSpaceAfterColon ? text.replace(': ', ':') : text}\r\n`)
  }

  /** Bytes as they are, in pieces that arrive one after the other. */
  raw(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    const size = this.quirks.chunkBytes
    this.#outgoingMs = Math.max(this.#outgoingMs, this.agenda.nowMs)
    for (let at = 0; at < bytes.length; at += size) {
      // Single bytes are still many a millisecond at 115,200 baud.
      if (at > 0 && at % (12 * size) === 0) this.#outgoingMs += CHUNK_MS
      const piece = bytes.subarray(at, at + size)
      this.agenda.at(this.#outgoingMs, () => {
        this.#toDevice(piece)
      })
    }
  }

  /** Acts unless the module was off or restarted in the meantime. */
  later(delayMs: number, act: () => void): void {
    const life = this.#life
    this.agenda.after(delayMs, () => {
      if (life === this.#life && this.#running) act()
    })
  }

  /** Awaits something real; time stands still meanwhile, and `done` happens in the same life of the module only. */
  awaiting<T>(work: Promise<T>, done: (result: T | Error) => void): void {
    const life = this.#life
    const alive = (result: T | Error) => {
      if (life === this.#life && this.#running) done(result)
    }
    this.agenda.hold(
      work.then(alive, (error: unknown) => {
        alive(error instanceof Error ? error : new Error(String(error)))
      }),
    )
  }

  #take(line: string): void {
    if (this.#eaten < this.quirks.deafToFirst) {
      this.#eaten += 1
      return
    }
    if (this.echo) this.raw(`${line}\r`)
    const command = line.trimStart()
    if (command === '') return
    this.heard.push(command)
    if (this.deafTo?.test(command)) return
    const scripted = this.scripted.findIndex(({ command: pattern }) => pattern.test(command))
    const [script] = scripted < 0 ? [] : this.scripted.splice(scripted, 1)
    if (script) this.later(ANSWER_MS, () => script.answer.forEach((text) => this.say(text)))
    else if (command.length > COMMAND_MAX) this.later(ANSWER_MS, () => this.final('ERROR'))
    else this.#dispatch(command)
  }

  #dispatch(command: string): void {
    for (const { pattern, act } of this.#commands) {
      const match = pattern.exec(command)
      if (!match) continue
      this.later(ANSWER_MS, () => {
        act(match)
      })
      return
    }
    this.later(ANSWER_MS, () => {
      this.final('ERROR')
    })
  }

  /** A final result. */
  final(text: string): void {
    if (this.quirks.chatty) this.say('+CEREG: 1,"00A0","0002920C",9')
    this.say(text)
  }
}
