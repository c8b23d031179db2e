import { Agenda } from './agenda.ts'
import { Core, isPowerGone, type CoreAnswer } from './core.ts'
import { FirmwareSlot } from './firmware-slot.ts'
import { NorFlash } from './flash.ts'
import { int64s, KIND, STATUS, type Frame } from './frames.ts'
import type { Network } from './network.ts'
import { answerOf, ok } from './questions.ts'
import type { Quirks } from './quirks.ts'
import { SecureElement } from './secure-element.ts'
import { Sim7020 } from './sim7020.ts'

/** From and to, in virtual epoch milliseconds: mains are present in between. */
export type Presence = readonly [number, number]

export interface DeviceOptions {
  /** The host program `device`; see build.ts. */
  program: string
  /** A name makes a new device, the same in every run; a memory goes on with one. */
  name?: string
  memory?: Memory
  network: Network
  startMs: number
  /** Where it hangs; without, it waits for the operator's settings at its console. */
  latitude?: number
  longitude?: number
  /** When mains are present; ascending. */
  mains: readonly Presence[]
  /** The slot of its next image; one in which nothing stands where it is not given. */
  slot?: FirmwareSlot
  quirks?: Partial<Quirks>
  /** More for firmware/host/device.c and pipe/options.h: name=value. */
  settings?: Record<string, string | number>
}

/** What survives a loss of power. */
export interface Memory {
  readonly element: SecureElement
  readonly flash: NorFlash
  readonly values: KeyValues
}

interface KeyValues {
  get(key: string): Uint8Array | undefined
  set(key: string, value: Uint8Array): unknown
}

export const FLASH_BYTES = 65_536

const newMemory = (name: string): Memory => ({
  element: SecureElement.named(name),
  flash: new NorFlash(FLASH_BYTES),
  values: new Map(),
})

/**
 * A sensor: the real core in a process of its own, and around it a modem, a secure element, flash, settings and mains.
 * Everything but the process survives a loss of power.
 */
export class Device {
  readonly agenda: Agenda
  readonly modem: Sim7020
  readonly element: SecureElement
  readonly flash: NorFlash
  readonly slot: FirmwareSlot
  /** What it said at its console. */
  said = ''
  /** Words the core logged, with their numbers. */
  readonly log: string[] = []
  /** How often the core was started. */
  starts = 0
  readonly #options: DeviceOptions
  readonly #values: Memory['values']
  #core: Core | undefined
  #rtc: { epochMs: number; setMs: number } | undefined
  #bootMs: number
  #wantsRestart = false

  constructor(options: DeviceOptions) {
    this.#options = options
    this.#bootMs = options.startMs
    this.agenda = new Agenda(options.startMs)
    const { element, flash, values } = options.memory ?? newMemory(options.name ?? 'device')
    this.element = element
    this.flash = flash
    this.#values = values
    this.slot = options.slot ?? new FirmwareSlot()
    this.modem = new Sim7020({
      agenda: this.agenda,
      network: options.network,
      quirks: options.quirks,
      toDevice: (bytes) => this.#core?.tell(KIND.uart, bytes),
    })
  }

  get nowMs(): number {
    return this.agenda.nowMs
  }

  /** Lives until `untilMs`; a power cut on the way is followed by a start, as when the supply comes back. */
  async live(untilMs: number): Promise<void> {
    while (this.agenda.nowMs < untilMs) {
      const core = this.#core ?? (await this.#start('power'))
      await this.agenda.settled()
      this.agenda.advance(this.agenda.nowMs)
      const nextMs = Math.min(untilMs, this.agenda.nextMs)
      try {
        await core.run(nextMs - this.#bootMs)
        if (this.#wantsRestart) await this.restart()
      } catch (error) {
        if (!isPowerGone(error)) throw error
        await this.cutPower()
      }
    }
  }

  /** Types a line at its console; the device reads it while somebody lives. */
  type(line: string): void {
    this.#core?.tell(KIND.type, Buffer.from(`${line}\r\n`))
  }

  /** Supply lost: the process ends, its clock forgets, the modem is off. */
  async cutPower(): Promise<void> {
    this.#rtc = undefined
    this.modem.cut()
    await this.stop()
  }

  /** No supply at all until `untilMs`: the capacitor was empty before the mains came back. */
  async dieUntil(untilMs: number): Promise<void> {
    await this.cutPower()
    this.agenda.advance(untilMs)
  }

  /** Supply stays, the processor starts anew, as after a watchdog. */
  async restart(): Promise<void> {
    await this.stop()
    await this.#start('restart')
  }

  async stop(): Promise<void> {
    const core = this.#core
    this.#core = undefined
    await core?.stop()
  }

  async #start(cause: 'power' | 'restart'): Promise<Core> {
    const { program, settings = {}, latitude, longitude, mains } = this.#options
    const options = Object.entries({
      ...settings,
      ...(latitude !== undefined && { latitude }),
      ...(longitude !== undefined && { longitude }),
      cause,
      'flash-bytes': FLASH_BYTES,
    }).map(([name, value]) => `${name}=${value}`)
    this.starts += 1
    this.#wantsRestart = false
    this.slot.boot()
    this.#bootMs = this.agenda.nowMs
    const bootMs = this.#bootMs
    const core = new Core(program, options, {
      reached: (nowMs) => {
        this.agenda.advance(bootMs + nowMs)
      },
      told: (frame) => {
        this.#told(frame)
      },
      asked: (frame) => this.#asked(frame),
    })
    this.#core = core
    await core.begin()
    core.tell(KIND.mains, int64s(...mains.flat().map((moment) => moment - this.#bootMs)))
    return core
  }

  #told({ kind, bytes }: Frame): void {
    if (kind === KIND.sent) this.modem.receive(bytes)
    else if (kind === KIND.key) this.modem.key(bytes[0] === 1)
    else if (kind === KIND.said) this.said += bytes.toString('latin1')
    else if (kind === KIND.restart) this.#wantsRestart = true
    else if (kind === KIND.log)
      this.log.push(`${bytes.toString('latin1', 9)} ${bytes.readBigInt64LE(1)}`)
  }

  #asked(frame: Frame): CoreAnswer | undefined {
    const { element, flash, slot } = this
    if (frame.kind === KIND.rtcGet) return this.#rtcAnswer()
    if (frame.kind === KIND.rtcSet) {
      this.#rtc = { epochMs: Number(frame.bytes.readBigInt64LE()), setMs: this.agenda.nowMs }
      return ok()
    }
    const answer = answerOf({ element, flash, slot, values: this.#values }, frame)
    if (answer === null) throw new Error(`the core asked "${frame.kind}", which no part answers`)
    return answer
  }

  #rtcAnswer(): CoreAnswer {
    if (!this.#rtc) return { status: STATUS.none }
    return ok(int64s(this.#rtc.epochMs + this.agenda.nowMs - this.#rtc.setMs))
  }
}
